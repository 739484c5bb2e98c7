/** The time, once a second, for countdowns. */
let current = $state(Date.now())
setInterval(() => (current = Date.now()), 1000)

export function now(): number {
  return current
}

/** Seconds until a moment, never below zero. */
export function left(until: string | undefined): number {
  return until ? Math.max(0, Math.ceil((new Date(until).getTime() - current) / 1000)) : 0
}

/** `14:59`. */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

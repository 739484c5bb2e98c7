/**
 * Does something over a bad network: five more times, later and later, never while the device is offline, and never
 * before the service said to come back.
 */
import { Problem } from '../../shared/api'

/** Before each repetition. */
export const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000]
/** A longer wait is for the person to know, not to sit through. */
export const PATIENCE_MS = 30_000

/** What is in the way: no network, or a service that is busy or does not answer. */
export type Trouble = 'offline' | 'busy'

/** What it needs of the world; tests bring their own. */
export interface World {
  now(): number
  random(): number
  online(): boolean
  /** Waits so long, or until the network is back. */
  pause(ms: number): Promise<void>
  /** Waits until the network is back. */
  back(): Promise<void>
}

export const WORLD: World = {
  now: Date.now,
  random: Math.random,
  online: () => navigator.onLine,
  pause: (ms) => event(ms),
  back: () => event(),
}

function event(ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(done, ms)
    addEventListener('online', done)
  })
}

/** How long to wait before the n-th repetition; none if there shall be no other. */
export function waitFor(round: number, problem: Problem, world: Pick<World, 'now' | 'random'>): number | undefined {
  const base = WAITS_MS[round]
  const passing = problem.passing || problem.status === 408 || problem.status === 502 || problem.status === 504
  if (!passing || base === undefined) return undefined
  // Many whose network comes back at once must not come at once.
  const backoff = base * (0.5 + world.random())
  const told = problem.retryAt ? problem.retryAt.getTime() - world.now() : 0
  const wait = Math.max(backoff, told)
  return wait <= PATIENCE_MS ? wait : undefined
}

export async function persist<T>(work: () => Promise<T>, tell: (what: Trouble) => void, signal?: AbortSignal, world: World = WORLD): Promise<T> {
  for (let round = 0; ; ) {
    signal?.throwIfAborted()
    if (!world.online()) {
      tell('offline')
      await world.back()
      continue
    }
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      // What failed for want of a network is no round that was tried.
      if (error.status === 0 && !world.online()) continue
      const wait = waitFor(round++, error, world)
      if (wait === undefined) throw error
      tell('busy')
      await world.pause(wait)
    }
  }
}

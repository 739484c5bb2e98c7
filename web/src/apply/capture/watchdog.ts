/**
 * Watches for a camera that is on and shows nothing. Some browsers grant the camera and draw no picture: playing again
 * helps one, opening anew another, and after that only another way does. Pure; the clock comes with each frame.
 */

export const BLACK_MS = 2_000

/** What to do now. */
export type Order = 'wait' | 'play' | 'reopen' | 'give_up'

const ORDERS: readonly Order[] = ['play', 'reopen', 'give_up']

export interface Watchdog {
  /** A frame: black, or of no size at all, counts as nothing. */
  frame(at: number, nothing: boolean): Order
}

export function watchdog(): Watchdog {
  let since: number | undefined
  let given = 0
  return {
    frame(at, nothing) {
      if (!nothing) {
        since = undefined
        given = 0
        return 'wait'
      }
      // A clock that was set back begins anew.
      if (since === undefined || at < since) since = at
      if (at - since < BLACK_MS) return 'wait'
      since = at
      return ORDERS[given++] ?? 'give_up'
    },
  }
}

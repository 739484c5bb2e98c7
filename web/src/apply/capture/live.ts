/** A live challenge as the page shows it: a state and what happens to it. Components draw it. */
import type { Action, Lost, Told } from './ws'

export type Live =
  | { name: 'connecting' }
  | { name: 'framing'; hint: Hint }
  | { name: 'step'; index: number; of: number; action: Action; hint: Hint | undefined }
  | { name: 'still' }
  | { name: 'passed' }
  | { name: 'failed'; triesLeft: number }
  | { name: 'lost'; why: Lost }

/** What the service has words for; another code is shown as "hold still". */
const HINTS = ['dark', 'bright', 'no_face', 'many_faces', 'frame', 'closer', 'back', 'covered', 'hold', 'too_fast'] as const
export type Hint = (typeof HINTS)[number]

export function hear(live: Live, told: Told, of: number): Live {
  switch (told.type) {
    case 'ready':
      return live
    case 'hint': {
      const hint = HINTS.find((known) => known === told.code) ?? 'hold'
      if (live.name === 'step') return { ...live, hint }
      return live.name === 'connecting' || live.name === 'framing' ? { name: 'framing', hint } : live
    }
    case 'step':
      return { name: 'step', index: told.index, of, action: told.action, hint: undefined }
    case 'shoot':
      return { name: 'still' }
    case 'result':
      if (told.outcome === 'pass') return { name: 'passed' }
      return { name: 'failed', triesLeft: told.outcome === 'review' ? 0 : (told.tries_left ?? 0) }
  }
}

/** A hint has been read; what is to be done is what counts again. */
export function forget(live: Live): Live {
  return live.name === 'step' ? { ...live, hint: undefined } : live
}

/** How often the phone buzzes for a step: for those who do not see the arrow. */
export const PULSES: Record<Action, number[]> = {
  turn_left: [80],
  turn_right: [80, 120, 80],
  nod: [80, 120, 80, 120, 80],
}

/** Frames a second: slowly while the face is brought into the picture, faster while it moves. */
export function frameEvery(live: Live): number {
  return live.name === 'step' ? 200 : 450
}

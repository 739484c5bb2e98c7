/**
 * A camera step as a state machine. Components draw the state and send events; everything that can happen is here.
 */
import type { FileSaved } from '../model'
import type { Problem } from '../../shared/api'
import type { Trouble } from './persist'

export type Blocked = 'denied' | 'no_camera' | 'busy' | 'interrupted' | 'insecure' | 'black'
export type Kind = 'live_auto' | 'live_manual' | 'chosen'

export interface Shot {
  blob: Blob
  /** Where the page shows it from. */
  url: string
  kind: Kind
}

export type State =
  | { name: 'primer' }
  | { name: 'opening'; slow: boolean }
  | { name: 'live' }
  | { name: 'blocked'; why: Blocked }
  | { name: 'review'; shot: Shot }
  | { name: 'uploading'; shot: Shot; done: number; trouble?: Trouble }
  | { name: 'refused'; shot: Shot; answer: FileSaved }
  | { name: 'accepted'; shot: Shot; answer: FileSaved }
  | { name: 'failed'; shot: Shot; problem: Problem }

export type Event =
  | { type: 'open' }
  | { type: 'slow' }
  | { type: 'opened' }
  | { type: 'blocked'; why: Blocked }
  | { type: 'shot'; shot: Shot }
  | { type: 'use' }
  | { type: 'progress'; done: number }
  | { type: 'trouble'; what: Trouble }
  /** A picture that was kept over a reload. */
  | { type: 'restored'; shot: Shot; confirmed: boolean }
  | { type: 'answered'; answer: FileSaved }
  | { type: 'failed'; problem: Problem }
  | { type: 'again' }

/** The next state; an event that does not belong to the state changes nothing. */
export function next(state: State, event: Event): State {
  switch (event.type) {
    case 'open':
      return state.name === 'primer' || state.name === 'blocked' ? { name: 'opening', slow: false } : state
    case 'slow':
      return state.name === 'opening' ? { ...state, slow: true } : state
    case 'opened':
      return state.name === 'opening' ? { name: 'live' } : state
    case 'blocked':
      return state.name === 'opening' || state.name === 'live' ? { name: 'blocked', why: event.why } : state
    case 'shot':
      // A file may be chosen from everywhere but while another picture is on its way.
      if (state.name === 'uploading' || state.name === 'accepted') return state
      return { name: 'review', shot: event.shot }
    case 'restored':
      // Only if nothing was begun anew meanwhile.
      if (state.name !== 'primer') return state
      return event.confirmed ? { name: 'uploading', shot: event.shot, done: 0 } : { name: 'review', shot: event.shot }
    case 'use':
      return state.name === 'review' || state.name === 'failed' ? { name: 'uploading', shot: state.shot, done: 0 } : state
    case 'progress':
      return state.name === 'uploading' ? { name: 'uploading', shot: state.shot, done: event.done } : state
    case 'trouble':
      return state.name === 'uploading' ? { ...state, trouble: event.what } : state
    case 'answered':
      if (state.name !== 'uploading') return state
      return { name: event.answer.accepted ? 'accepted' : 'refused', shot: state.shot, answer: event.answer }
    case 'failed':
      return state.name === 'uploading' ? { name: 'failed', shot: state.shot, problem: event.problem } : state
    case 'again':
      return { name: 'primer' }
  }
}

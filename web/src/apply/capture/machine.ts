/**
 * A camera step as a state machine. Components draw the state and send events; everything that can happen is here.
 */
import type { FileSaved } from '../model'
import type { Problem } from '../../shared/api'

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
  | { name: 'uploading'; shot: Shot; done: number; offline: boolean }
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
  | { type: 'offline'; offline: boolean }
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
    case 'use':
      return state.name === 'review' || state.name === 'failed'
        ? { name: 'uploading', shot: state.shot, done: 0, offline: false }
        : state
    case 'progress':
      return state.name === 'uploading' ? { ...state, done: event.done, offline: false } : state
    case 'offline':
      return state.name === 'uploading' ? { ...state, offline: event.offline } : state
    case 'answered':
      if (state.name !== 'uploading') return state
      return { name: event.answer.accepted ? 'accepted' : 'refused', shot: state.shot, answer: event.answer }
    case 'failed':
      return state.name === 'uploading' ? { name: 'failed', shot: state.shot, problem: event.problem } : state
    case 'again':
      return { name: 'primer' }
  }
}

import { expect, it } from 'vitest'
import { Problem } from '../../shared/api'
import type { FileSaved } from '../model'
import { type Event, next, type Shot, type State } from './machine'

const shot: Shot = { blob: new Blob(), url: 'blob:1', kind: 'live_manual' }
const answer = (accepted: boolean) => ({ accepted, reasons: [] }) as unknown as FileSaved
const problem = new Problem(0, 'network', '', '')
const run = (...events: Event[]) => events.reduce<State>(next, { name: 'primer' }).name

it.each<[string, Event[]]>([
  ['accepted', [{ type: 'open' }, { type: 'opened' }, { type: 'shot', shot }, { type: 'use' }, { type: 'answered', answer: answer(true) }]],
  ['refused', [{ type: 'shot', shot }, { type: 'use' }, { type: 'answered', answer: answer(false) }]],
  ['review', [{ type: 'shot', shot }, { type: 'use' }, { type: 'answered', answer: answer(false) }, { type: 'shot', shot }]],
  ['failed', [{ type: 'shot', shot }, { type: 'use' }, { type: 'failed', problem }]],
  ['uploading', [{ type: 'shot', shot }, { type: 'use' }, { type: 'failed', problem }, { type: 'use' }]],
  ['blocked', [{ type: 'open' }, { type: 'blocked', why: 'denied' }]],
  ['live', [{ type: 'open' }, { type: 'slow' }, { type: 'opened' }]],
  ['live', [{ type: 'open' }, { type: 'slow' }, { type: 'blocked', why: 'black' }, { type: 'open' }, { type: 'opened' }]],
  ['blocked', [{ type: 'open' }, { type: 'opened' }, { type: 'blocked', why: 'black' }]],
  // Hidden for too long: the camera is let go, and a tap opens it again.
  ['opening', [{ type: 'open' }, { type: 'opened' }, { type: 'blocked', why: 'interrupted' }, { type: 'open' }]],
  ['uploading', [{ type: 'restored', shot, confirmed: true }]],
  ['review', [{ type: 'restored', shot, confirmed: false }]],
  ['opening', [{ type: 'open' }, { type: 'restored', shot, confirmed: true }]],
  ['primer', [{ type: 'open' }, { type: 'opened' }, { type: 'again' }]],
])('ends %s', (end, events) => expect(run(...events)).toBe(end))

it('lets nothing slip in while a picture is on its way', () => {
  const uploading: Event[] = [{ type: 'shot', shot }, { type: 'use' }]
  expect(run(...uploading, { type: 'shot', shot })).toBe('uploading')
  expect(run(...uploading, { type: 'opened' }, { type: 'blocked', why: 'busy' })).toBe('uploading')
})

it('says that the permission prompt may be open, and takes a stream that comes late', () => {
  const slow = [{ type: 'open' }, { type: 'slow' }] as const
  expect(slow.reduce<State>(next, { name: 'primer' })).toEqual({ name: 'opening', slow: true })
  // A camera that is there is not slow any more.
  expect(run({ type: 'open' }, { type: 'opened' }, { type: 'slow' })).toBe('live')
})

it('forgets the trouble once something gets through', () => {
  const events: Event[] = [{ type: 'restored', shot, confirmed: true }, { type: 'trouble', what: 'offline' }]
  const stuck = events.reduce<State>(next, { name: 'primer' })
  expect(stuck).toMatchObject({ name: 'uploading', trouble: 'offline' })
  expect(next(stuck, { type: 'progress', done: 0.5 })).not.toHaveProperty('trouble')
})

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
  ['primer', [{ type: 'open' }, { type: 'opened' }, { type: 'again' }]],
])('ends %s', (end, events) => expect(run(...events)).toBe(end))

it('lets nothing slip in while a picture is on its way', () => {
  const uploading: Event[] = [{ type: 'shot', shot }, { type: 'use' }]
  expect(run(...uploading, { type: 'shot', shot })).toBe('uploading')
  expect(run(...uploading, { type: 'opened' }, { type: 'blocked', why: 'busy' })).toBe('uploading')
})

import { expect, it } from 'vitest'
import { nextPlace } from './flow'
import type { Application, Status, Step } from './model'

const application = (status: Status, states: Step['state'][]): Application => ({
  id: 'app_1', purpose: 'first', requested_level: 1, status, version: 1, created_at: '', attempt_count: 0, person_offered: false,
  steps: (['consent', 'form', 'portrait_side', 'emblem_side', 'selfie'] as const).map((name, index) => ({ name, state: states[index] ?? 'open' })),
})

it.each<[string, Application | undefined]>([
  ['/verify/consent', undefined],
  ['/verify/consent', application('withdrawn', [])],
  ['/verify/form', application('draft', ['done'])],
  ['/verify/emblem_side', application('resubmit', ['done', 'done', 'done', 'redo', 'done'])],
  ['/verify/review', application('draft', ['done', 'done', 'done', 'done', 'done'])],
  ['/verify/status', application('manual_review', [])],
  ['/verify/status', application('approved', [])],
])('leads to %s', (place, at) => expect(nextPlace(at)).toBe(place))

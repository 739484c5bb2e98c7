import { expect, it } from 'vitest'
import { asked, mayBegin, nextPlace, toDo } from './flow'
import type { Account, Application, Status, Step } from './model'

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

it('leads whoever is no longer verified to another verification, and only them', () => {
  const account = (...restrictions: string[]) => ({ id: 'acc_1', restrictions }) as Account
  const approved = application('approved', [])
  expect(nextPlace(approved, account('document_expired'))).toBe('/verify/consent')
  expect(nextPlace(approved, account('identity_revoked', 'staff_hold'))).toBe('/verify/consent')
  expect(nextPlace(approved, account('staff_hold'))).toBe('/verify/status')
  // What is going on goes on.
  expect(nextPlace(application('manual_review', []), account('document_expired'))).toBe('/verify/status')
  const open: Status[] = ['draft', 'resubmit', 'checking', 'waiting_source', 'manual_review']
  for (const status of ['approved', 'rejected', 'expired', 'withdrawn'] as const) expect(mayBegin(application(status, []))).toBe(true)
  for (const status of open) expect(mayBegin(application(status, []))).toBe(false)
})

it('opens only what a decision names, and carries the rest over', () => {
  const decision = { steps: ['emblem_side'] } as Application['latest_decision'] & object
  const again: Application = { ...application('resubmit', ['done', 'done', 'done', 'redo', 'done']), latest_decision: decision }
  expect(toDo(again)).toEqual(['emblem_side'])
  expect(asked(again)).toHaveLength(5)
  // Done once more, it may still be changed.
  expect(toDo({ ...again, steps: application('resubmit', Array(5).fill('done')).steps })).toEqual(['emblem_side'])
  // A draft after a decision that was taken back is whole.
  expect(toDo({ ...again, status: 'draft' })).toHaveLength(5)
})

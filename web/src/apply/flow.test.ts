import { expect, it } from 'vitest'
import { against } from './appeals'
import { anewPlace, asked, changeAt, isDone, mayAskPerson, mayBegin, nextPlace, purposeOf, toDo, wanted } from './flow'
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

it('leads to what a reviewer asked for besides, and says why', () => {
  const reason = { public_code: 'ACC_MORE_EVIDENCE', step: 'evidence', steps: ['evidence'], choice: false, text: { 'zh-CN': '', en: '' } }
  const decision = { steps: ['evidence'], reasons: [reason] } as unknown as Application['latest_decision'] & object
  const done = application('resubmit', Array(5).fill('done'))
  const asksFor = (state: Step['state']): Application => ({ ...done, latest_decision: decision, steps: [...done.steps, { name: 'evidence', state }] })
  expect(nextPlace(asksFor('redo'))).toBe('/verify/evidence')
  expect(toDo(asksFor('redo'))).toEqual(['evidence'])
  expect(wanted(asksFor('redo'), 'evidence')).toEqual([reason])
  expect(wanted(asksFor('redo'), 'selfie')).toEqual([])
  expect(nextPlace(asksFor('done'))).toBe('/verify/review')
  expect(isDone(asksFor('done'), 'evidence')).toBe(true)
  // Once it is there, nothing is wanted any more.
  expect(wanted(asksFor('done'), 'evidence')).toEqual([])
})

it('begins a change of details only for somebody who is known', () => {
  const known = { id: 'acc_1', person: 'per_1', restrictions: [] as string[] } as Account
  expect(purposeOf(known, 'info_change')).toBe('info_change')
  expect(purposeOf(known, null)).toBe('renewal')
  expect(purposeOf(known, 'first')).toBe('renewal')
  expect(purposeOf({ ...known, person: undefined } as unknown as Account, 'info_change')).toBe('first')
})

it('takes a permission that waits for more than what was decided before it', () => {
  const change = (status: Status): Application => ({ ...application(status, []), purpose: 'info_change' })
  const permitted = { application_until: '2026-12-10T00:00:00Z' }
  expect(changeAt(change('rejected'), permitted)).toBe('permitted')
  expect(changeAt(change('rejected'), {})).toBe('rejected')
  for (const status of ['draft', 'resubmit'] as const) expect(changeAt(change(status), permitted)).toBe('editable')
  expect(changeAt(change('manual_review'), {})).toBe('waiting')
  expect(changeAt(application('draft', []), permitted)).toBe('other')
  expect(changeAt(application('approved', []), permitted)).toBe('permitted')
  for (const nothing of [undefined, application('rejected', []), change('approved'), change('withdrawn')]) expect(changeAt(nothing, {})).toBe('ask')
  // And begun once more it is begun where its permission is asked for.
  expect(anewPlace(change('rejected'))).toBe('/account/change')
  expect(anewPlace(application('rejected', []))).toBe('/verify/consent')
})

it('lets a person be asked once name and number are there, also behind a lock', () => {
  const at = (form: Step['state'], person_offered = false) => mayAskPerson({ ...application('draft', ['done', form]), person_offered })
  expect(at('done')).toBe(true)
  expect(at('open')).toBe(false)
  expect(at('locked')).toBe(false)
  expect(at('locked', true)).toBe(true)
  expect(mayAskPerson(application('manual_review', ['done', 'done']))).toBe(false)
  expect(mayAskPerson(undefined)).toBe(false)
})

it('objects to a rejection, a restriction and a lock that are there, and to nothing else', () => {
  const query = (text: string) => new URLSearchParams(text)
  const account = { id: 'acc_1', restrictions: ['deadline_missed', 'identity_revoked'] } as Account
  const rejected = application('rejected', [])
  expect(against(query(''), rejected, account)).toEqual({ subject_kind: 'application', subject: 'app_1' })
  expect(against(query(''), application('draft', []), account)).toBeUndefined()
  expect(against(query('restriction=1'), rejected, account)).toEqual({ subject_kind: 'restriction', subject: 'identity_revoked' })
  // What one lifts by verifying is not for others to answer.
  for (const place of ['0', '7', 'x']) expect(against(query(`restriction=${place}`), rejected, account)).toBeUndefined()
  const locked = application('draft', ['done', 'done', 'locked'])
  expect(against(query('lock=portrait_side'), locked, account)).toEqual({ subject_kind: 'lock', subject: 'app_1/portrait_side' })
  expect(against(query('lock=selfie'), locked, account)).toBeUndefined()
})

/** The order of the verification, and where in it somebody stands. */
import type { Reason } from '../shared/api'
import type { Account, Application, PermittedChanges, Status, Step, StepName } from './model'

/** What everybody does, in this order. */
export const USUAL = ['consent', 'form', 'portrait_side', 'emblem_side', 'selfie'] as const
/** And what a reviewer may ask for besides. */
export const STEPS = [...USUAL, 'channel', 'evidence'] as const
export type Shown = (typeof STEPS)[number]

const EDITABLE: readonly Status[] = ['draft', 'resubmit']
const WAITING: readonly Status[] = ['checking', 'waiting_source', 'manual_review']

export const isEditable = (application: Application | undefined): application is Application & { status: 'draft' | 'resubmit' } =>
  !!application && EDITABLE.includes(application.status)
export const isWaiting = (application: Application | undefined): application is Application & { status: 'checking' | 'waiting_source' | 'manual_review' } =>
  !!application && WAITING.includes(application.status)

/** Whether somebody is known already: the next verification is a renewal of theirs. */
export const isKnown = (account: Account | undefined): boolean => !!account?.person

/** A verification that held once holds no more; a new one lifts what came of it. */
const LIFTED_BY_ANOTHER: readonly string[] = ['document_expired', 'identity_revoked', 'dormant']
export const mustVerifyAgain = (account: Account | undefined): boolean =>
  !!account?.restrictions.some((name) => LIFTED_BY_ANOTHER.includes(name))

/** Restrictions that whoever has them lifts themselves: another verification, a consent given again, a report taken back. */
const LIFTED_ONESELF: readonly string[] = ['deadline_missed', 'document_expired', 'dormant', 'consent_withdrawn', 'compromise_reported']
/** Others are objected to; other people than those who set them answer. */
export const mayObject = (restriction: string): boolean => !LIFTED_ONESELF.includes(restriction)

/** Nothing is going on, so another application may be begun; the service says if that is too soon. */
export const mayBegin = (application: Application | undefined): boolean => !isEditable(application) && !isWaiting(application)

/** What a new application is for: new data that support let prove, a renewal of who is known, or the first one. */
export function purposeOf(account: Account | undefined, asked: string | null): 'first' | 'renewal' | 'info_change' {
  if (!isKnown(account)) return 'first'
  return asked === 'info_change' ? 'info_change' : 'renewal'
}

/** Where a change of details stands. A permission that waits counts for more than what was decided before it. */
export function changeAt(
  application: Application | undefined,
  permitted: PermittedChanges | undefined,
): 'ask' | 'permitted' | 'other' | 'editable' | 'waiting' | 'rejected' {
  const change = application?.purpose === 'info_change'
  if (change && isEditable(application)) return 'editable'
  if (change && isWaiting(application)) return 'waiting'
  if (permitted?.application_until) return mayBegin(application) ? 'permitted' : 'other'
  return change && application.status === 'rejected' ? 'rejected' : 'ask'
}

/** Where another one is begun; a change of details wants its permission again. */
export const anewPlace = (application: Application | undefined): string =>
  application?.purpose === 'info_change' ? '/account/change' : '/verify/consent'

/** Why a step is to be done again; none once it is. */
export function wanted(application: Application | undefined, name: StepName): Reason[] {
  if (!application || stepOf(application, name)?.state !== 'redo') return []
  return (application.latest_decision?.reasons ?? []).filter((reason) => reason.steps.includes(name))
}

export const stepOf = (application: Application, name: StepName): Step | undefined =>
  application.steps.find((step) => step.name === name)
export const isDone = (application: Application, name: StepName): boolean => stepOf(application, name)?.state === 'done'

/** Whether a person may be asked: name and number are there. Of a locked form only the service knows, and offers one. */
export const mayAskPerson = (application: Application | undefined): application is Application =>
  isEditable(application) && isDone(application, 'consent') &&
  (isDone(application, 'form') || !stepOf(application, 'form') || application.person_offered)

/** Steps that belong to the application; a resubmission carries over those that were good. */
export function asked(application: Application): Shown[] {
  return STEPS.filter((name) => stepOf(application, name) !== undefined)
}

/** Steps that are there to be done: all of a draft, and only those that its decision names of a resubmission. */
export function toDo(application: Application): Shown[] {
  const named = application.status === 'resubmit' ? application.latest_decision?.steps : undefined
  return asked(application).filter((name) => !named || named.includes(name))
}

/** The next screen: the first step that is not done, or the review. */
export function nextPlace(application: Application | undefined, account?: Account): string {
  if (!application || ['withdrawn', 'expired'].includes(application.status)) return '/verify/consent'
  if (application.status === 'approved' && mustVerifyAgain(account)) return '/verify/consent'
  if (!isEditable(application)) return '/verify/status'
  const open = asked(application).find((name) => !isDone(application, name))
  return `/verify/${open ?? 'review'}`
}

/** What can be objected to. */
import { mayObject } from './flow'
import type { Account, Application, Appeal } from './model'

export type Subject = Pick<Appeal, 'subject_kind' | 'subject'>

/** What an address asks to object to; nothing if there is no such thing any more. */
export function against(query: URLSearchParams, application: Application | undefined, account: Account | undefined): Subject | undefined {
  const [place, lock] = [query.get('restriction'), query.get('lock')]
  if (place !== null) {
    const name = account?.restrictions[Number(place)]
    return name && mayObject(name) ? { subject_kind: 'restriction', subject: name } : undefined
  }
  if (!application) return undefined
  if (lock !== null) {
    const locked = application.steps.some((step) => step.name === lock && step.state === 'locked')
    return locked ? { subject_kind: 'lock', subject: `${application.id}/${lock}` } : undefined
  }
  return application.status === 'rejected' ? { subject_kind: 'application', subject: application.id } : undefined
}

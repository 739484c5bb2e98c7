/** What an objection is about, in words. */
import { known } from '../shared/i18n.svelte'
import type { Subject } from './appeals'
import { t, type Key } from './texts'

export function named({ subject_kind, subject }: Subject): string {
  if (subject_kind === 'application') return t('appeal.of_application')
  if (subject_kind === 'lock') return t('appeal.of_lock', { step: t(`lock_step.${subject.split('/')[1] ?? ''}` as Key) })
  return known(`restriction.${subject}`) ? t(`restriction.${subject}` as Key) : t('restriction.other')
}

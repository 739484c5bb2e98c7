/** The console's texts, and words for what the service names. */
import { known, translator } from '../../shared/i18n.svelte'
import type { Area } from '../../shared/i18n.svelte'
import { Problem } from '../../shared/api'
import { session } from './session.svelte'
import type desk from '../../locales/en/console.json'
import type office from '../../locales/en/console-office.json'
import type policy from '../../locales/en/console-policy.json'
import type named from '../../locales/en/console-words.json'

/** Loaded with every page; the words of the policy come with its page. */
export const AREAS: Area[] = [
  (locale) => import(`../../locales/${locale}/console.json`),
  (locale) => import(`../../locales/${locale}/console-office.json`),
  (locale) => import(`../../locales/${locale}/console-words.json`),
]

export type Key = keyof typeof desk | keyof typeof office | keyof typeof named | keyof typeof policy

export const t = translator<Key>()

/** What the service and the pages name by a word; the keys of their texts begin so. */
const KINDS = {
  action: (name: string) => `action.${name}`,
  agree: (name: string) => `agree.${name}`,
  appeal: (name: string) => `appeal.${name}`,
  application: (name: string) => `application.${name}`,
  application_purpose: (name: string) => `application_purpose.${name}`,
  'audit.by': (name: string) => `audit.by.${name}`,
  author: (name: string) => `author.${name}`,
  by: (name: string) => `by.${name}`,
  check: (name: string) => `check.${name}`,
  class: (name: string) => `class.${name}`,
  element: (name: string) => `element.${name}`,
  field: (name: string) => `field.${name}`,
  group: (name: string) => `group.${name}`,
  hold: (name: string) => `hold.${name}`,
  'holds.effect': (name: string) => `holds.effect.${name}`,
  keys: (name: string) => `keys.${name}`,
  'keys.scope': (name: string) => `keys.scope.${name}`,
  measure: (name: string) => `measure.${name}`,
  note: (name: string) => `note.${name}`,
  outcome: (name: string) => `outcome.${name}`,
  'people.by': (name: string) => `people.by.${name}`,
  'policy.section': (name: string) => `policy.section.${name}`,
  priority: (name: string) => `priority.${name}`,
  promise: (name: string) => `promise.${name}`,
  'proof.face': (name: string) => `proof.face.${name}`,
  'proof.term': (name: string) => `proof.term.${name}`,
  purpose: (name: string) => `purpose.${name}`,
  'queue.empty': (name: string) => `queue.empty.${name}`,
  'queue.light': (name: string) => `queue.light.${name}`,
  'queue.view': (name: string) => `queue.view.${name}`,
  restriction: (name: string) => `restriction.${name}`,
  reason: (name: string) => `reason.${name}`,
  role: (name: string) => `role.${name}`,
  role_text: (name: string) => `role_text.${name}`,
  scope: (name: string) => `scope.${name}`,
  setting: (name: string) => `setting.${name}`,
  source: (name: string) => `source.${name}`,
  standing: (name: string) => `standing.${name}`,
  state: (name: string) => `state.${name}`,
  status: (name: string) => `status.${name}`,
  stage: (name: string) => `stage.${name}`,
  step: (name: string) => `step.${name}`,
  subject: (name: string) => `subject.${name}`,
  subject_kind: (name: string) => `subject_kind.${name}`,
  theme: (name: string) => `theme.${name}`,
  ticket: (name: string) => `ticket.${name}`,
  twin: (name: string) => `twin.${name}`,
  type: (name: string) => `type.${name}`,
  trigger: (name: string) => `trigger.${name}`,
  unit: (name: string) => `unit.${name}`,
  value: (name: string) => `value.${name}`,
  use: (name: string) => `use.${name}`,
  verdict: (name: string) => `verdict.${name}`,
}

/** A word of the service in the reader's language; one that is newer than this page stays as it is. */
export function word(kind: keyof typeof KINDS, name: string | null | undefined): string {
  if (!name) return '–'
  const key = KINDS[kind](name)
  return known(key) ? t(key as Key) : name
}

/** What the browser's tab says; a sandbox says so there too. */
export function titled(page: string): string {
  const me = session.me
  return [me && !me.livemode ? `[${t('sandbox')}] ${page}` : page, me?.product, t('title')].filter(Boolean).join(' · ')
}

/** What went wrong, for whoever reads the screen. */
export function fault(error: unknown): string {
  if (!(error instanceof Problem)) return t('fault.unexpected')
  const key = `fault.${error.code}`
  if (known(key)) return t(key as Key)
  if (error.status === 0) return t('fault.network')
  if (error.status === 429) return t('fault.too_many')
  if (error.status === 403) return t('fault.forbidden')
  if (error.status === 404) return t('fault.not_found')
  return t('fault.other', { code: error.code })
}

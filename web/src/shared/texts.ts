/** The texts every entry has, and words for problems. */
import type shared from '../locales/en/shared.json'
import { Problem } from './api'
import { type Area, translator, when } from './i18n.svelte'

export const SHARED: Area = (locale) => import(`../locales/${locale}/shared.json`)
export type SharedKey = keyof typeof shared
export const s = translator<SharedKey>()

/** What to tell about a failure that no screen has better words for. */
export function words(error: unknown): string {
  if (!(error instanceof Problem)) return s('problem.internal')
  const { status, code, retryAt } = error
  if (status === 0) return s('problem.network')
  if (status === 401) return s('problem.signed_out')
  if (status === 403) return s('problem.forbidden')
  if (status === 404) return s('problem.not_found')
  if (code === 'consent_text_changed') return s('problem.consent_text_changed')
  if (code === 'submits_exceeded') return s('problem.submits_exceeded')
  if (status === 409 || status === 412) return s('problem.changed')
  if (status === 429 && retryAt) return s('problem.too_many', { time: when(retryAt) })
  if (status === 429 || status === 503) return s('problem.busy')
  if (status >= 500) return s('problem.internal')
  return s('problem.other', { code })
}

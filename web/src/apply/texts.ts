/** The texts of the applicant's pages. */
import type apply from '../locales/en/apply.json'
import { type Area, translator } from '../shared/i18n.svelte'

export const APPLY: Area = (locale) => import(`../locales/${locale}/apply.json`)
export type ApplyKey = keyof typeof apply
export const t = translator<ApplyKey>()

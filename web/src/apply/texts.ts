/** The texts of the applicant's pages, in areas that are loaded with the screens that need them. */
import type account from '../locales/en/account.json'
import type apply from '../locales/en/apply.json'
import type verify from '../locales/en/verify.json'
import { type Area, translator } from '../shared/i18n.svelte'

export const APPLY: Area = (locale) => import(`../locales/${locale}/apply.json`)
export const VERIFY: Area = (locale) => import(`../locales/${locale}/verify.json`)
export const ACCOUNT: Area = (locale) => import(`../locales/${locale}/account.json`)
export type Key = keyof typeof apply | keyof typeof verify | keyof typeof account
export const t = translator<Key>()

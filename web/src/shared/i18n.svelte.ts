/**
 * Texts in two languages. A text is a flat key in `src/locales/{zh-CN,en}/<area>.json`; an area is loaded when an
 * entry or a screen asks for it, and again in the other language when the reader changes it.
 *
 * `{name}` is filled in; `{n}` chooses among plural forms: `{"one": "{n} day", "other": "{n} days"}`.
 */
import { untrack } from 'svelte'
import type { Texts } from './api'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly Locale[] = ['zh-CN', 'en']

type Text = string | Partial<Record<Intl.LDMLPluralRule, string>>
type Table = Record<string, Text>
/** Loads one area: `(locale) => import(`../locales/${locale}/shared.json`)`. */
export type Area = (locale: Locale) => Promise<{ default: object }>
export type Values = Record<string, string | number>

const KEPT = 'shiming.locale'

let current = $state<Locale>(preferred())
let table = $state.raw<Table>({})
const areas = new Map<Area, Table>()

function preferred(): Locale {
  const kept = localStorage.getItem(KEPT)
  const wanted = [kept ?? '', ...navigator.languages]
  for (const language of wanted) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh-CN'
}

/** The language on the screen. */
export function locale(): Locale {
  return current
}

/** Loads areas in the current language; those that are there cost nothing. */
export async function useAreas(...wanted: Area[]): Promise<void> {
  const missing = wanted.filter((area) => !areas.has(area))
  // Whoever asks within an effect is not asked again for another language: `setLocale` sees to that.
  const language = untrack(() => current)
  const tables = await Promise.all(missing.map((area) => area(language)))
  // Another language was chosen meanwhile.
  if (language !== current) return useAreas(...wanted)
  missing.forEach((area, index) => areas.set(area, tables[index]!.default as Table))
  if (missing.length > 0 || Object.keys(table).length === 0) merge()
  document.documentElement.lang = current
}

let onLocale: () => void = () => {}
/** Called when the reader has chosen another language. */
export function whenLocaleChanges(run: () => void): void {
  onLocale = run
}

/** Of several choices the last counts, however long each takes. */
let choices = 0

/** Changes the language, for this browser. */
export async function setLocale(next: Locale): Promise<void> {
  const choice = ++choices
  const tables = new Map<Area, Table>()
  // Some may come meanwhile, in the language of before.
  for (let missing = [...areas.keys()]; missing.length > 0; missing = [...areas.keys()].filter((area) => !tables.has(area))) {
    const loaded = await Promise.all(missing.map((area) => area(next)))
    if (choice !== choices) return
    missing.forEach((area, index) => tables.set(area, loaded[index]!.default as Table))
  }
  for (const [area, texts] of tables) areas.set(area, texts)
  current = next
  merge()
  localStorage.setItem(KEPT, next)
  document.documentElement.lang = next
  onLocale()
}

function merge(): void {
  table = Object.assign({}, ...areas.values())
}

/** Fills placeholders in. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value
  })
}

/** A translator that knows the keys of its areas: `const t = translator<keyof typeof en>()`. */
export function translator<Key extends string>() {
  return (key: Key, values: Values = {}): string => {
    const text = table[key]
    if (text === undefined) return key
    if (typeof text === 'string') return fill(text, values)
    const form = new Intl.PluralRules(current).select(Number(values.n ?? 0))
    return fill(text[form] ?? text.other ?? key, values)
  }
}

/** Whether there is such a text; for keys made from the service's words, which may grow. */
export function known(key: string): boolean {
  return key in table
}

/** A text of the service in the current language. */
export function told(texts: Texts): string {
  return texts[current] || texts.en
}

export function number(value: number): string {
  return new Intl.NumberFormat(current).format(value)
}

/** An amount of minor units. */
export function money(amount: { amount: string | number; currency: string }): string {
  const format = new Intl.NumberFormat(current, { style: 'currency', currency: amount.currency, currencyDisplay: 'narrowSymbol' })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(Number(amount.amount) / 10 ** digits)
}

export function day(at: string | Date): string {
  return new Intl.DateTimeFormat(current, { year: 'numeric', month: 'long', day: 'numeric' }).format(new Date(at))
}

export function moment(at: string | Date): string {
  return new Intl.DateTimeFormat(current, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

export function clock(at: string | Date): string {
  return new Intl.DateTimeFormat(current, { hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

/** A time of today by the clock, any other with its day. */
export function when(at: string | Date, now: number = Date.now()): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock(at) : moment(at)
}

/** "In 3 days", "2 hours ago". */
export function distance(at: string | Date, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(current, { numeric: 'auto' })
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]]
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit)
  }
  return format.format(Math.trunc(seconds), 'second')
}

/** A list in words. */
export function listed(words: string[]): string {
  return new Intl.ListFormat(current, { type: 'conjunction' }).format(words)
}

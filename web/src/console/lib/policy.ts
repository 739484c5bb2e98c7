/** Reads the rules of a policy as a person would: units from the endings of their names, amounts in the currency. */
export type Unit = 'money' | 'percent' | 'working_day' | 'working_hour' | 'day' | 'hour' | 'minute' | 'second' | 'year' | 'month' | 'plain'

/** `_min` means minutes in some names and the least in others; these are the minutes. */
const MINUTES = /(lease|grant|pause|idle|ttl|retry|to_review|age_max)_min$/
const MONEY = /(^|\.)(single_payment_min|two_way_30_days_min|balance_over|day_out_max|year_out_max|lifetime_out_max)$/
/** Counts over a time, not times. */
const COUNTS = /_30_days_max$/

export function unitOf(path: string): Unit {
  if (MONEY.test(path)) return 'money'
  if (COUNTS.test(path)) return 'plain'
  if (path.endsWith('percent')) return 'percent'
  if (path.endsWith('working_days')) return 'working_day'
  if (path.endsWith('working_h')) return 'working_hour'
  if (MINUTES.test(path)) return 'minute'
  if (/(_|\.)days(_min|_max)?$/.test(path) || /_within_days|_over_days$/.test(path)) return 'day'
  if (/_h$/.test(path)) return 'hour'
  if (/(?<!_per)_s$/.test(path)) return 'second'
  if (/_years$/.test(path)) return 'year'
  if (/_months$/.test(path)) return 'month'
  return 'plain'
}

export interface Setting {
  /** `review.lease_min`. */
  path: string
  value: unknown
}

/** The settings of a section; what is not set has no line. */
export function settings(name: string, section: unknown): Setting[] {
  if (typeof section !== 'object' || section === null) return []
  return Object.entries(section).flatMap(([key, value]) => {
    const path = `${name}.${key}`
    if (value === null || value === undefined) return []
    if (typeof value === 'object' && !Array.isArray(value)) return settings(path, value)
    return [{ path, value }]
  })
}

export interface Threshold {
  /** `quality.glare`. */
  path: string
  measure: string
  warn?: number
  fail?: number
}

/** Sections whose entries have a bound to warn at and one to fail at. */
export function thresholds(rules: Record<string, unknown>): Threshold[] {
  const found: Threshold[] = []
  for (const section of ['quality', 'face_quality', 'reading']) {
    for (const [measure, bounds] of Object.entries((rules[section] ?? {}) as Record<string, { warn?: number; fail?: number }>)) {
      found.push({ path: `${section}.${measure}`, measure, ...bounds })
    }
  }
  return found
}

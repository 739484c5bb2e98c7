import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settings, thresholds, unitOf } from './policy'

test('the ending of a name says what is counted', () => {
  expect(unitOf('review.lease_min')).toBe('minute')
  expect(unitOf('channels.query_retry_min')).toBe('minute')
  expect(unitOf('password.length_min')).toBe('plain')
  expect(unitOf('face.ask_again_after_refusal_days_min')).toBe('day')
  expect(unitOf('tries.ids_per_account_30_days_max')).toBe('plain')
  expect(unitOf('alerts.two_way_30_days_min')).toBe('money')
  expect(unitOf('alerts.balance_over_days')).toBe('day')
  expect(unitOf('review.initial_promise_working_days')).toBe('working_day')
  expect(unitOf('reveal.element_ttl_s')).toBe('second')
  expect(unitOf('liveness.speed_degrees_per_s')).toBe('plain')
})

test('sections become lines and bounds', () => {
  expect(settings('a', { b: 1, c: null, d: { e: [] } })).toEqual([{ path: 'a.b', value: 1 }, { path: 'a.d.e', value: [] }])
  expect(thresholds({ quality: { glare: { warn: 1, fail: 2 } } })).toEqual([{ path: 'quality.glare', measure: 'glare', warn: 1, fail: 2 }])
})

test('every rule of the presets, and of what they leave out, has a name in both languages', () => {
  const words = ['zh-CN', 'en'].map((locale) => JSON.parse(readFileSync(new URL(`../../locales/${locale}/console-policy.json`, import.meta.url), 'utf8')))
  const nameless: string[] = []
  // What presets leave out has defaults, which the document names.
  for (const file of ['policies/cn_pboc.toml', 'policies/generic.toml', 'docs/LIVENESS.md']) {
    let section = ''
    for (const line of readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8').split('\n')) {
      section = /^\[+([\w.]+)\]+/.exec(line)?.[1] ?? section
      const key = /^(\w+) *=/.exec(line)?.[1]
      // Levels and tiers have tables of their own; what two people decide is a list.
      if (!key || !section || /^(levels|auth_tiers|factors)/.test(section) || key === 'four_eyes') continue
      for (const table of words) if (!(`setting.${section}.${key}` in table)) nameless.push(`${section}.${key}`)
    }
  }
  expect(nameless).toEqual([])
})

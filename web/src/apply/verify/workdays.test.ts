import { expect, it } from 'vitest'
import { workdays } from './workdays'

it.each([
  ['2026-11-26', '2026-11-27', 1],
  ['2026-11-27', '2026-11-30', 1],
  ['2026-11-26', '2026-12-01', 3],
  ['2026-11-26', '2026-11-26', 1],
])('from %s to %s are %i', (from, to, days) => {
  expect(workdays(new Date(`${from}T12:00:00`), new Date(`${to}T12:00:00`))).toBe(days)
})

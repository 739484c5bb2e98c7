import { expect, it } from 'vitest'
import { forget, frameEvery, hear, type Live } from './live'
import type { Told } from './ws'

const run = (...all: Told[]) => all.reduce<Live>((live, told) => hear(live, told, 2), { name: 'connecting' })
const ready: Told = { type: 'ready', steps_total: 2, limit_ms: 20_000 }
const step: Told = { type: 'step', index: 0, action: 'nod', limit_ms: 6_000 }
const hint = (code: string): Told => ({ type: 'hint', code })

it('goes from framing through the steps to the still', () => {
  expect(run(hint('closer'))).toEqual({ name: 'framing', hint: 'closer' })
  expect(run(hint('closer'), ready, step)).toEqual({ name: 'step', index: 0, of: 2, action: 'nod', hint: undefined })
  expect(run(ready, step, hint('too_fast'))).toMatchObject({ name: 'step', hint: 'too_fast' })
  expect(run(ready, step, { type: 'shoot', nonce: 'n', max_edge: 1440 })).toEqual({ name: 'still' })
})

it('knows no hint by a word it has no text for', () => {
  expect(run(hint('smile'))).toEqual({ name: 'framing', hint: 'hold' })
})

it('shows the step again once a hint was read', () => {
  expect(forget(run(ready, step, hint('too_fast')))).toEqual(run(ready, step))
  expect(forget(run(hint('closer')))).toEqual({ name: 'framing', hint: 'closer' })
})

it('ends in one of three ways', () => {
  expect(run(step, { type: 'result', outcome: 'pass' })).toEqual({ name: 'passed' })
  expect(run(step, { type: 'result', outcome: 'retry', tries_left: 2 })).toEqual({ name: 'failed', triesLeft: 2 })
  expect(run(step, { type: 'result', outcome: 'review', tries_left: 0 })).toEqual({ name: 'failed', triesLeft: 0 })
  expect(run(step, { type: 'result', outcome: 'pass' }, hint('hold'))).toEqual({ name: 'passed' })
})

it('sends fewer frames while nothing is asked', () => {
  expect(frameEvery({ name: 'framing', hint: 'hold' })).toBeGreaterThan(frameEvery(run(step)))
})

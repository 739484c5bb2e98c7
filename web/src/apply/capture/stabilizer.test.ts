import { expect, it } from 'vitest'
import { stabilizer } from './stabilizer'

/** Votes every 150 ms; answers with what was shown after each. */
type Hint = 'searching' | 'good' | 'dark' | 'blur'
const hint = () => stabilizer<Hint>('searching', 'good')
function shown(codes: Hint[], start = 0): Hint[] {
  const hints = hint()
  return codes.map((code, index) => hints.vote(start + index * 150, code))
}
const times = (count: number, code: Hint) => Array.from({ length: count }, () => code)
const changes = (codes: string[]) => codes.filter((code, index) => index === 0 || code !== codes[index - 1])

it('does not flicker', () => {
  const flicker = Array.from({ length: 40 }, (_, index): Hint => (index % 2 ? 'dark' : 'blur'))
  expect(changes(shown(flicker)).length).toBeLessThanOrEqual(2)
})

it('keeps a problem long enough to be read', () => {
  const after = shown([...times(2, 'dark'), ...times(12, 'blur')])
  expect(after.indexOf('blur') - after.indexOf('dark')).toBeGreaterThanOrEqual(10)
})

it('believes good only after three in a row', () => {
  const hints = hint()
  const after = [0, 150, 300].map((at) => hints.vote(at, 'good'))
  expect(after).toEqual(['searching', 'searching', 'good'])
})

it('survives a clock that is set back', () => {
  const hints = hint()
  for (let at = 10_000; at < 12_000; at += 150) hints.vote(at, 'dark')
  let last = ''
  for (let at = 0; at < 3_000; at += 150) last = hints.vote(at, 'blur')
  expect(last).toBe('blur')
})

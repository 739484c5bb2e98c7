import { expect, it } from 'vitest'
import { clean, fault } from './number'

it('takes a number as people type it', () => {
  expect(clean('１１０１０１ 19491231-002x')).toBe('11010119491231002X')
})

it.each([
  ['11010519491231002X', undefined],
  ['110105194912310021', 'check'],
  ['11010519491231002', 'length'],
  ['1101051949123100XX', 'characters'],
])('%s', (number, expected) => expect(fault(number)).toBe(expected))

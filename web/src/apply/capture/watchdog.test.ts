import { expect, it } from 'vitest'
import { type Order, watchdog } from './watchdog'

/** The orders given over frames `[time, black]`. */
function orders(...frames: [number, boolean][]): Order[] {
  const dog = watchdog()
  return frames.map(([at, nothing]) => dog.frame(at, nothing)).filter((order) => order !== 'wait')
}

it('plays again, opens anew, then gives up: two seconds each', () => {
  expect(orders([0, true], [1_900, true])).toEqual([])
  expect(orders([0, true], [2_000, true])).toEqual(['play'])
  expect(orders([0, true], [2_000, true], [3_900, true], [4_000, true], [6_100, true], [9_000, true])).toEqual(['play', 'reopen', 'give_up', 'give_up'])
})

it('is calmed by one picture', () => {
  expect(orders([0, true], [1_900, false], [2_100, true], [4_000, true])).toEqual([])
  expect(orders([0, true], [2_000, true], [2_100, false], [2_200, true], [4_200, true])).toEqual(['play', 'play'])
})

it('is not misled by a clock that was set back', () => {
  expect(orders([10_000, true], [5_000, true], [6_900, true])).toEqual([])
  expect(orders([10_000, true], [5_000, true], [7_000, true])).toEqual(['play'])
})

import { describe, expect, it } from 'vitest'
import { cardFault, faceFault, INSET, isBlack, luma, measure, PLANE } from './quality'

/** A card with printed rows on a table, drawn into the plane. */
function card({ light = 1, cut = false, glare = 0, smooth = 0, smear = 0, table = 60 } = {}): Uint8Array {
  const { width, height } = PLANE
  let plane = new Float32Array(width * height)
  const [left, top] = [Math.round(width * INSET), Math.round(height * INSET)]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x > left && x < width - left && y > top && (cut || y < height - top)
      const print = inside && y < height - top - 24 && y % 14 < 7 && x % 4 < 2
      plane[y * width + x] = (inside ? (print ? 60 : 190) : table) * light
      if (glare && inside && Math.hypot(x - 160, y - 100) < glare) plane[y * width + x] = 255
    }
  }
  for (let round = 0; round < smooth; round++) plane = blurred(plane, [1, width])
  for (let round = 0; round < smear; round++) plane = blurred(plane, [1])
  return Uint8Array.from(plane, (value) => Math.min(255, value))
}

function blurred(from: Float32Array<ArrayBuffer>, steps: number[]) {
  let result = from
  for (const step of steps) {
    const next = new Float32Array(result)
    for (let at = step; at < result.length - step; at++) next[at] = (result[at - step]! + result[at]! + result[at + step]!) / 3
    result = next
  }
  return result
}

const fault = (plane: Uint8Array, before: Uint8Array = plane) => cardFault(measure(plane, before))

describe('a card before the camera', () => {
  it('is good when it is bright, whole, sharp and still', () => expect(fault(card())).toBeUndefined())
  it('is too dark', () => expect(fault(card({ light: 0.25 }))).toBe('dark'))
  it('is too bright', () => expect(fault(card({ light: 1.9, table: 160 }))).toBe('bright'))
  it('is cut off', () => expect(fault(card({ cut: true }))).toBe('frame'))
  it('has glare', () => expect(fault(card({ glare: 30 }))).toBe('glare'))
  it('is blurred', () => expect(fault(card({ smooth: 3 }))).toBe('blur'))
  it('moved along its rows', () => expect(fault(card({ smear: 6 }))).toBe('blur'))
  it('still moves', () => expect(fault(card(), card({ light: 0.8 }))).toBe('hold'))
  it('is not there', () => expect(fault(new Uint8Array(PLANE.width * PLANE.height).fill(120))).toBe('frame'))
})

it('a face needs light and rest only', () => {
  const plain = new Uint8Array(PLANE.width * PLANE.height).fill(120)
  expect(faceFault(measure(plain, plain))).toBeUndefined()
  expect(faceFault(measure(plain))).toBe('hold')
})

it('tells a black picture from a dark one', () => {
  expect(isBlack(measure(new Uint8Array(PLANE.width * PLANE.height)))).toBe(true)
  expect(isBlack(measure(card({ light: 0.2 })))).toBe(false)
})

it('weighs colours as BT.601 does', () => {
  const into = new Uint8Array(2)
  luma(Uint8ClampedArray.of(255, 255, 255, 255, 255, 0, 0, 255), into)
  expect([...into]).toEqual([255, 76])
})

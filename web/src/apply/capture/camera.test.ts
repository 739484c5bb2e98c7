import { expect, it } from 'vitest'
import { middle, why } from './camera'

it('shows the middle in the proportions of the stage', () => {
  expect(middle(1920, 1080, 4 / 3)).toEqual({ x: 240, y: 0, width: 1440, height: 1080 })
  expect(middle(1080, 1920, 4 / 3)).toEqual({ x: 0, y: 555, width: 1080, height: 810 })
})

it.each([
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'no_camera'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'interrupted'],
])('%s means %s', (name, state) => expect(why(new DOMException('', name))).toBe(state))

import { expect, it } from 'vitest'
import { isOver, keep, find, KEPT_MS, sweep } from './stash'

it('keeps half an hour, and nothing from the future', () => {
  expect(isOver(0, KEPT_MS - 1)).toBe(false)
  expect(isOver(0, KEPT_MS)).toBe(true)
  expect(isOver(1, 0)).toBe(true)
})

it('says so where there is no database', async () => {
  // Node has none; the browser's is tested in `e2e`.
  expect(await keep('app_1', 'selfie', { blob: new Blob(['x']), kind: 'chosen', confirmed: true })).toBe(false)
  expect(await find('app_1', 'selfie')).toBeUndefined()
  await sweep()
})

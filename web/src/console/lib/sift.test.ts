import { expect, it } from 'vitest'
import { sift } from './sift'

/** Numbers from 0, ten on a page. */
const asked: (string | undefined)[] = []
const pages = (count: number) => async (cursor: string | undefined) => {
  asked.push(cursor)
  const from = Number(cursor ?? 0)
  const data = Array.from({ length: Math.min(10, count - from) }, (_, index) => from + index)
  return { object: 'list' as const, data, ...(from + 10 < count ? { next_cursor: String(from + 10) } : {}) }
}

it('asks for further pages until enough fits, and says where to go on', async () => {
  asked.length = 0
  const first = await sift(pages(100), (n) => n % 9 === 8, 3)
  expect(asked).toEqual([undefined, '10', '20'])
  expect([first.seen.length, first.cursor]).toEqual([30, '30'])
  // What was seen already does not count again.
  const more = await sift(pages(100), (n) => n % 9 === 8, 3, first)
  expect([more.seen.length, more.cursor]).toEqual([60, '60'])
})

it('ends with the list, and in time', async () => {
  expect(await sift(pages(25), () => false, 1)).toEqual({ seen: Array.from({ length: 25 }, (_, n) => n), cursor: undefined })
  expect((await sift(pages(1_000), () => false, 1)).cursor).toBe('200')
})

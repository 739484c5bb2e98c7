/**
 * Looks through pages of a list until enough of it fits. The service tells a view of the queue page by page; what else is
 * asked for is picked out here, and a case that fits may lie behind hundreds that do not.
 */
import type { List } from '../../shared/api'

/** Pages of one search, so that a queue of thousands does not hold the screen. */
const PAGES_MAX = 20

export interface Sifted<T> {
  /** All that was looked at, in the order of the list. */
  seen: T[]
  /** Where to go on, if anything is left. */
  cursor: string | undefined
}

export async function sift<T>(
  page: (cursor: string | undefined) => Promise<List<T>>,
  fits: (item: T) => boolean,
  enough: number,
  from: Sifted<T> = { seen: [], cursor: undefined },
): Promise<Sifted<T>> {
  const seen = [...from.seen]
  let { cursor } = from
  let found = 0
  for (let round = 0; round < PAGES_MAX; round++) {
    const next = await page(cursor)
    seen.push(...next.data)
    found += next.data.filter(fits).length
    cursor = next.next_cursor
    if (!cursor || found >= enough) break
  }
  return { seen, cursor }
}

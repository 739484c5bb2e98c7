import { expect, it } from 'vitest'
import { Problem } from '../../shared/api'
import { PATIENCE_MS, persist, type Trouble, waitFor, WAITS_MS, type World } from './persist'

const problem = (status: number, seconds?: number) =>
  new Problem(status, 'any', '', '', [], seconds === undefined ? undefined : new Date(seconds * 1000))

/** A world whose clock runs only while somebody waits. */
function world(offlineAt: number[] = []) {
  const waits: number[] = []
  let asked = 0
  const made: World & { waits: number[] } = {
    waits,
    now: () => 0,
    random: () => 0.5,
    online: () => !offlineAt.includes(asked++),
    pause: async (ms) => void waits.push(ms),
    back: async () => void waits.push(-1),
  }
  return made
}

function failing(...problems: Problem[]) {
  let calls = 0
  const work = async () => {
    const next = problems[calls++]
    if (next) throw next
    return 'done'
  }
  return { work, calls: () => calls }
}

it('tries five more times, later and later, then says what is wrong', async () => {
  const { work, calls } = failing(...Array.from({ length: 9 }, () => problem(503)))
  const here = world()
  await expect(persist(work, () => {}, undefined, here)).rejects.toMatchObject({ status: 503 })
  expect(calls()).toBe(6)
  expect(here.waits).toEqual(WAITS_MS)
})

it.each([
  ['spreads', problem(0), 0, 250],
  ['spreads', problem(0), 0.999, 749.5],
  ['comes back when it was told to', problem(503, 7), 0.5, 7_000],
  ['is never early', problem(429, 0.1), 0.5, 500],
  ['leaves a long wait to the person', problem(429, PATIENCE_MS / 1000 + 1), 0.5, undefined],
  ['takes no for an answer', problem(422), 0.5, undefined],
  ['takes no for an answer', problem(401), 0.5, undefined],
  ['tries again after a proxy that gave up', problem(504), 0.5, 500],
] as const)('%s', (_, told, random, wait) => {
  const found = waitFor(0, told, { now: () => 0, random: () => random })
  if (wait === undefined) expect(found).toBeUndefined()
  else expect(found).toBeCloseTo(wait)
})

it('waits while offline and counts no round for it', async () => {
  const { work, calls } = failing(problem(0))
  // Online for the first call, offline once it has failed and at the beginning of the next round.
  const here = world([1, 2])
  const told: Trouble[] = []
  expect(await persist(work, (what) => told.push(what), undefined, here)).toBe('done')
  expect(calls()).toBe(2)
  expect(here.waits).toEqual([-1])
  expect(told).toEqual(['offline'])
})

it('stops when it is told to', async () => {
  const stop = new AbortController()
  const { work, calls } = failing(problem(503), problem(503))
  const here = world()
  const left = persist(work, () => stop.abort(new Error('left')), stop.signal, here)
  await expect(left).rejects.toThrow('left')
  expect(calls()).toBe(1)
})

it('passes on what is no problem of the service', async () => {
  await expect(persist(() => Promise.reject(new TypeError('bug')), () => {}, undefined, world())).rejects.toThrow('bug')
})

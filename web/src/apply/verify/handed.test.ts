import { beforeEach, expect, it, vi } from 'vitest'
import type { HandoffOffered } from '../model'
import { heldHandoff, holdHandoff, letHandoffGo } from './handed'

const offered = (expires_at: string) => ({ handoff: { id: 'hof_1', application: 'app_1', state: 'waiting', steps: [], expires_at }, link: 'https://x/handoff#t', qr_svg: '<svg/>' }) as HandoffOffered
const NOW = Date.parse('2026-11-22T10:00:00Z')
const later = offered('2026-11-22T10:05:00Z')

let kept: Map<string, string>
beforeEach(() => {
  kept = new Map()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
})

it('is there after a reload, for the same application', () => {
  holdHandoff(later)
  expect(heldHandoff('app_1', NOW)).toEqual(later)
  expect(heldHandoff('app_2', NOW)).toBeUndefined()
  expect(kept.size).toBe(0)
})

it('is gone with its time, with its end, and where it cannot be read', () => {
  holdHandoff(later)
  expect(heldHandoff('app_1', NOW + 6 * 60_000)).toBeUndefined()
  expect(kept.size).toBe(0)
  holdHandoff(later)
  letHandoffGo()
  expect(heldHandoff('app_1', NOW)).toBeUndefined()
  kept.set('shiming.handoff', '{')
  expect(heldHandoff('app_1', NOW)).toBeUndefined()
})

it('is forgotten by a browser that keeps nothing', () => {
  vi.stubGlobal('sessionStorage', undefined)
  holdHandoff(later)
  expect(heldHandoff('app_1', NOW)).toBeUndefined()
  letHandoffGo()
})

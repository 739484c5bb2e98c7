import { beforeAll, expect, it, vi } from 'vitest'
import { Problem } from './api'

let words: typeof import('./texts').words
beforeAll(async () => {
  vi.stubGlobal('localStorage', { getItem: () => 'en' })
  vi.stubGlobal('navigator', { languages: ['en'] })
  vi.stubGlobal('document', { documentElement: {} })
  const { useAreas } = await import('./i18n.svelte')
  const texts = await import('./texts')
  await useAreas(texts.SHARED)
  words = texts.words
})

const tooMany = (at: Date) => words(new Problem(429, 'step_locked', '', '', [], at))

it('tells a time of today by the clock, and any other with its day', () => {
  const noon = new Date()
  noon.setHours(12, 0, 0, 0)
  expect(tooMany(noon)).toMatch(/after 12:00\sPM\.$/)
  const later = new Date(noon.getTime() + 30 * 86_400_000)
  expect(tooMany(later)).toContain(String(later.getFullYear()))
  expect(tooMany(later)).toMatch(/12:00\sPM\.$/)
})

it('says what changed where reloading does not help', () => {
  const conflict = (code: string) => words(new Problem(409, code, '', ''))
  expect(conflict('consent_text_changed')).toContain('consent')
  expect(conflict('submits_exceeded')).toContain('attempts')
  expect(conflict('version_stale')).toContain('Reload')
})

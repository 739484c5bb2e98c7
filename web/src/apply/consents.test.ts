import { expect, it } from 'vitest'
import { byVersion } from './consents'
import type { Consent, ConsentKind } from './model'

const shown = (versions: Partial<Record<ConsentKind, string>>): Consent[] =>
  Object.entries(versions).map(([kind, version]) => ({ kind: kind as ConsentKind, required: true, state: 'not_asked', current_text_version: version }))
const answers = { general: 'given', id_images: 'given', source_query: 'given', face: 'refused' } as const

it('answers all in one where the texts have one version', () => {
  const texts = shown({ general: '2026-11', id_images: '2026-11', source_query: '2026-11', face: '2026-11' })
  expect(byVersion(answers, texts)).toEqual([{ text_version: '2026-11', answers }])
})

it('answers one version after the other, and nothing that is not asked for', () => {
  const texts = shown({ general: '2026-11', id_images: '2027-01', face: '2026-11' })
  expect(byVersion(answers, texts)).toEqual([
    { text_version: '2026-11', answers: { general: 'given', face: 'refused' } },
    { text_version: '2027-01', answers: { id_images: 'given' } },
  ])
})

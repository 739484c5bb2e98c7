import { expect, test } from 'vitest'
import { readings } from './readings'

test('values are found wherever a side keeps its fields', () => {
  const evidence = {
    portrait_side: { seen: { kind: 'portrait_side', fields: { name: { text: '王芳', confidence: 0.9 }, sex: null } } },
    emblem_side: { fields: { issuer: { text: '某局' } } },
    selfie: 'missing',
  }
  expect(readings(JSON.stringify(evidence))).toEqual({ name: '王芳', issuer: '某局' })
})

test('what is no evidence holds nothing', () => {
  expect(readings('no json')).toEqual({})
  expect(readings('null')).toEqual({})
})

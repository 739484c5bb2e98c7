import { expect, it } from 'vitest'
import { articles, search } from './articles'

it('has the same articles in both languages, each with a text', async () => {
  const [zh, en] = [await articles('zh-CN'), await articles('en')]
  expect(zh.map((article) => article.id)).toEqual(en.map((article) => article.id))
  for (const article of [...zh, ...en]) {
    expect(article.parts.flatMap((part) => [...(part.text ?? []), ...(part.list ?? [])]).join('').length).toBeGreaterThan(40)
  }
})

it('finds by words of the text, titles first', async () => {
  const en = await articles('en')
  expect(search(en, 'expired')[0]?.id).toBe('expired')
  expect(search(en, 'zebra')).toEqual([])
  expect(search(await articles('zh-CN'), '反光').map((article) => article.id)).toContain('glare')
})

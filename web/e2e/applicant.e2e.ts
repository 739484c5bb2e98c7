import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { context, Eyes, Service, specimen } from './service'

let eyes: Eyes
beforeAll(async () => {
  eyes = await Eyes.open()
})
afterAll(() => eyes?.close())

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  // A service of its own: the specimen is one person, and a person has one account.
  let service: Service
  beforeAll(async () => {
    service = await Service.start()
  })
  afterAll(() => service?.stop())

  it('leads from registration to approved, and survives a reload', async () => {
    const pages = await context(eyes.browser, locale)
    const page = await pages.newPage()
    const refused: string[] = []
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
    page.on('pageerror', (error) => refused.push(String(error)))
    const walker = new Walker(page, service, texts(locale))
    const shown = specimen()
    await walker.register()
    await walker.press('home.begin')
    await walker.consent()
    await walker.form(shown)
    await walker.shoot(eyes, 'portrait_side')
    await walker.heading('picture.title_emblem_side')
    // A killed tab comes back at the same step, with what is done still done.
    await page.reload()
    await walker.shoot(eyes, 'emblem_side')
    await walker.shoot(eyes, 'selfie')
    await walker.heading('review.title')
    await walker.press('review.submit')
    await walker.heading('status.approved')
    await walker.press('status.limits')
    await walker.heading('limits.title')
    expect(page.url()).toBe(`${service.url}/limits`)
    // 401 before signing in is the only failure a browser may have seen.
    expect(refused.filter((text) => !text.includes('401'))).toEqual([])
    await pages.close()
  })
})

/** What is not good enough: told at once with the fault drawn, or by a decision that asks for one step again. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
import { context, Eyes, Service, specimen } from './service'

let eyes: Eyes
beforeAll(async () => {
  eyes = await Eyes.open()
})
afterAll(() => eyes?.close())

/** The picture as a shaking hand would have taken it. */
async function blurred(page: Page, file: string): Promise<Buffer> {
  const picture = readFileSync(file).toString('base64')
  const jpeg = await page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }))
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const context = canvas.getContext('2d')!
    context.filter = `blur(${image.width / 250}px)`
    context.drawImage(image, 0, 0)
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1]!
  }, picture)
  return Buffer.from(jpeg, 'base64')
}

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  let service: Service
  beforeAll(async () => {
    service = await Service.start()
  })
  afterAll(() => service?.stop())

  it('draws the fault on a bad picture, asks for one step again, and approves', async () => {
    const pages = await context(eyes.browser, locale)
    const page = await pages.newPage()
    const seen: Seen = { screens: new Set(), faults: [] }
    const look = looker(page, locale, seen)
    const walker = new Walker(page, service, texts(locale))
    const me = specimen()
    await walker.begun(me)

    await walker.heading('picture.title_portrait_side')
    const buffer = await blurred(page, me.file('portrait_side'))
    await walker.choose('portrait_side', { name: 'blurred.jpg', mimeType: 'image/jpeg', buffer })
    await page.getByRole('alert').waitFor()
    await look('refused-blurred')
    expect(await page.locator('figure svg rect').count()).toBeGreaterThan(0)
    await walker.press('picture.again')
    await walker.shoot(eyes, 'portrait_side')
    await walker.shoot(eyes, 'emblem_side')

    // Somebody else's face: fine as a picture, so only the decision tells.
    await walker.shoot(eyes, 'selfie', 'stranger')
    await walker.heading('review.title')
    await walker.press('review.submit')

    // The page leads to the failed step and says why; nothing else is asked again.
    await walker.heading('picture.title_selfie')
    await look('selfie-again')
    await page.goto(service.url)
    await walker.heading('home.title')
    await page.getByText(walker.text['home.resubmit']!, { exact: true }).first().waitFor()
    await look('home-resubmit')
    await walker.press('home.redo')
    await walker.heading('picture.title_selfie')
    const place = walker.text['stage.place']!.replace('{at}', '1').replace('{of}', '2')
    await page.getByText(place).waitFor()
    await walker.shoot(eyes, 'selfie')
    await walker.heading('review.title')
    await look('review-again')
    await walker.press('review.submit')
    await walker.heading('status.approved')
    expect(seen.faults).toEqual([])
    await pages.close()
  })
})

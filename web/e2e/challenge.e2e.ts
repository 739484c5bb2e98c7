/**
 * The live challenge with a camera that shows a picture of a face: it is seen and asked to move, it does not, and is
 * told so. Movements are judged in the service's own tests; nothing here imitates a living head.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
import { context, Eyes, Service, specimen } from './service'

let service: Service
let eyes: Eyes
beforeAll(async () => {
  service = await Service.start()
  eyes = await Eyes.open()
})
afterAll(async () => {
  await eyes?.close()
  await service?.stop()
})

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  it('does not let a picture pass, says what to do, and leaves the other ways open', async () => {
    const seen: Seen = { screens: new Set(), faults: [] }
    const page = await (await context(eyes.browser, locale)).newPage()
    const walker = new Walker(page, service, texts(locale))
    const { text } = walker
    const look = looker(page, locale, seen)
    await walker.begun(specimen())
    for (const step of ['portrait_side', 'emblem_side']) await walker.choose(step, specimen().file(step))

    await walker.heading('picture.title_selfie')
    eyes.show('close')
    await walker.press('live.open_offered')
    // Some step of some order: which one is drawn by the service.
    const steps = page.locator('.stage .hint').getByText(new RegExp([text['live.turn_left'], text['live.turn_right'], text['live.nod']].join('|')))
    await walker.sees(steps)
    await walker.sees(page.getByText(text['live.failed']!, { exact: true }))
    await look('challenge-failed')
    // Another try is another challenge, with twice the time for whoever asks for it.
    await page.getByLabel(text['live.more_time']!).check()
    await walker.press('live.again')
    await walker.sees(steps)
    await look('challenge-step')
    await walker.sees(page.getByText(text['live.failed']!, { exact: true }))

    // Nothing of it is in the way of a plain photo.
    await walker.press('live.leave_offered')
    await walker.sees(page.getByText(text['hint.face_good']!))
    await page.getByRole('button', { name: text['camera.shutter']!, exact: true }).click()
    await page.getByRole('button', { name: text['picture.use']!, exact: true }).click()
    await walker.heading('review.title')
    expect(seen.faults).toEqual([])
  })
})

it('tells what comes where the challenge is required', async () => {
  const seen: Seen = { screens: new Set(), faults: [] }
  const page = await (await context(eyes.browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  // As the service would tell it under another policy; only how it looks is asked here.
  await page.route(/\/api\/v1\/applications(\?limit=1|\/app_\w+)$/, async (route) => {
    const response = await route.fetch()
    const json = await response.json()
    const application = json.data?.[0] ?? json
    for (const step of application?.steps ?? []) if (step.name === 'selfie') step.challenge = 'required'
    await route.fulfill({ response, json })
  })
  await walker.begun(specimen())
  for (const step of ['portrait_side', 'emblem_side']) await walker.choose(step, specimen().file(step))
  await walker.heading('picture.title_selfie')
  // What an upload answered came by another way.
  await page.reload()
  await walker.sees(page.getByText(walker.text['live.required']!))
  await looker(page, 'en', seen)('challenge-required')
  expect(seen.faults).toEqual([])
})

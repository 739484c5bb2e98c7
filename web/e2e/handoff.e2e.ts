/** From a desktop without a camera to a phone and back: two browsers, one application. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
import { context, DESKTOP, Eyes, launch, Service, specimen } from './service'

let eyes: Eyes
let desk: Awaited<ReturnType<typeof launch>>
beforeAll(async () => {
  eyes = await Eyes.open()
  desk = await launch()
})
afterAll(async () => {
  await desk?.close()
  await eyes?.close()
})

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  let service: Service
  beforeAll(async () => {
    service = await Service.start()
  })
  afterAll(() => service?.stop())

  /** Opens the dialog on the desktop and reads the link in it. */
  async function offered(page: Page, walker: Walker): Promise<string> {
    await walker.press('handoff.button')
    const dialog = page.getByRole('dialog', { name: walker.text['handoff.title']! })
    await dialog.getByRole('img', { name: walker.text['handoff.code']! }).waitFor()
    const link = await dialog.locator('.link').innerText()
    expect(link).toMatch(/\/handoff#[\w-]{20,}$/)
    // Cookies without a certificate are for `localhost` only, and that is not how the service names itself.
    return service.url + /\/handoff#.*$/.exec(link)![0]
  }

  it('takes the pictures on the phone while the desktop follows, to approved', async () => {
    const seen: Seen = { screens: new Set(), faults: [] }
    const pages = await context(desk, locale, DESKTOP)
    const page = await pages.newPage()
    const look = looker(page, locale, seen)
    const walker = new Walker(page, service, texts(locale))
    await walker.begun(specimen())
    await walker.heading('picture.title_portrait_side')

    // A second link makes the first one worthless, and so does closing the dialog.
    const first = await offered(page, walker)
    await look('handoff')
    await page.keyboard.press('Escape')
    const second = await offered(page, walker)
    expect(second).not.toBe(first)
    // A reload of the desktop shows the same link again, which is told only once.
    await page.reload()
    await page.getByRole('dialog', { name: walker.text['handoff.title']! }).getByRole('img', { name: walker.text['handoff.code']! }).waitFor()
    expect(second).toContain(new URL(await page.locator('dialog .link').innerText()).hash)

    const phones = await context(eyes.browser, locale)
    const phone = await phones.newPage()
    const phoneLook = looker(phone, locale, seen)
    const hand = new Walker(phone, service, walker.text, phoneLook)
    await phone.goto(first)
    await hand.heading('phone.over')
    await phoneLook('phone-over')

    // Looking at a link does not use it up: chat programs do, and people look twice.
    await (await fetch(second.replace(/#.*/, ''))).text()
    await phone.goto('about:blank')
    await phone.goto(second)
    await hand.heading('phone.title')
    await phoneLook('phone-landing')
    await page.getByText(walker.text['handoff.opened']!).waitFor()
    await phone.reload()
    await hand.heading('phone.title')
    // Operator, purpose and masked account stand there before anything is taken.
    await phone.getByText(walker.text['phone.purpose_first']!).waitFor()
    await phone.getByText(/@example\.org/).waitFor()
    await hand.press('phone.begin')
    await page.getByText(walker.text['handoff.claimed']!).waitFor()
    // Nor does it lose sight of a phone that has begun.
    await page.reload()
    await page.getByText(walker.text['handoff.claimed']!).waitFor()

    // Used once: nobody else gets in with it, and the phone sees nothing but its task.
    const other = await (await context(eyes.browser, locale)).newPage()
    await other.goto(second)
    await new Walker(other, service, walker.text).heading('phone.over')
    const asked = await phone.evaluate(async () => {
      const status = async (path: string) => {
        const response = await fetch(`/api/v1${path}`)
        // Until it is read the page counts as one that still waits.
        await response.text()
        return response.status
      }
      const { application } = await (await fetch('/api/v1/handoffs/current')).json()
      return [await status('/account'), await status('/applications'), await status(`/applications/${application}`)]
    })
    expect(asked).toEqual([403, 403, 403])

    await hand.shoot(eyes, 'portrait_side')
    await hand.heading('picture.title_emblem_side')
    await page.getByText(walker.text['review.done']!).first().waitFor()
    // A reload on the phone goes on where it was, without a complaint.
    await phone.reload()
    await hand.heading('picture.title_emblem_side')
    await hand.sees(phone.getByRole('button', { name: hand.text['picture.open']!, exact: true }))
    expect(await phone.getByRole('alert').count()).toBe(0)
    await hand.shoot(eyes, 'emblem_side')
    await hand.shoot(eyes, 'selfie')
    await hand.heading('phone.done')
    await phoneLook('phone-done')

    // The desktop goes on by itself.
    await walker.heading('review.title')
    await walker.press('review.submit')
    await walker.heading('status.approved')
    expect(seen.faults).toEqual([])
    await phones.close()
    await pages.close()
  })

  it('takes the steps back from the phone', async () => {
    const pages = await context(desk, locale, DESKTOP)
    const page = await pages.newPage()
    const walker = new Walker(page, service, texts(locale))
    await walker.begun(specimen())
    await walker.heading('picture.title_portrait_side')
    const link = await offered(page, walker)
    const phones = await context(eyes.browser, locale)
    const phone = await phones.newPage()
    const hand = new Walker(phone, service, walker.text)
    await phone.goto(link)
    await hand.press('phone.begin')
    await hand.heading('picture.title_portrait_side')
    await page.getByText(walker.text['handoff.claimed']!).waitFor()
    const taken = page.waitForResponse((response) => response.request().method() === 'DELETE' && response.url().includes('/handoffs/'))
    await page.getByRole('dialog').getByRole('button', { name: walker.text['cancel']!, exact: true }).click()
    await taken
    await phone.reload()
    await hand.heading('phone.over')
    await phones.close()
    await pages.close()
  })
})

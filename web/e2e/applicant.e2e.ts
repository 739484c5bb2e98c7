import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
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

  it('leads from registration to approved, survives a reload, and every screen is accessible', async () => {
    const pages = await context(eyes.browser, locale)
    const page = await pages.newPage()
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    const seen: Seen = { screens: new Set(), faults: [] }
    const look = looker(page, locale, seen)
    const walker = new Walker(page, service, texts(locale), look)
    const shown = specimen()
    await page.goto(`${service.url}/sign-in`)
    await walker.heading('sign_in.title')
    await look('sign-in')
    await walker.register()
    await look('home-new')
    await walker.press('home.begin')
    await walker.consent()
    await walker.form(shown)

    // The wrong side is refused at once, with what to do.
    await walker.heading('picture.title_portrait_side')
    await walker.choose('portrait_side', shown.file('emblem_side'))
    await page.getByRole('alert').waitFor()
    await look('refused')
    await walker.press('picture.again')
    await walker.shoot(eyes, 'portrait_side')
    await walker.heading('picture.title_emblem_side')
    // A killed tab comes back at the same step, with what is done still done.
    await page.reload()
    await walker.shoot(eyes, 'emblem_side')
    await walker.shoot(eyes, 'selfie')
    await walker.heading('review.title')
    // What was typed and taken since the reload is there to be looked through.
    await page.getByRole('img', { name: walker.text['picture.alt_emblem_side']! }).waitFor()
    await page.getByRole('img', { name: walker.text['picture.alt_selfie']! }).waitFor()
    expect(await page.getByText(walker.text['review.kept']!, { exact: true }).count()).toBe(2)
    await look('review')
    await walker.press('review.submit')
    await walker.heading('status.approved')
    await look('approved')
    await walker.press('status.limits')
    await walker.heading('limits.title')
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await look('limits')

    for (const [path, title] of [
      ['/', 'home.title'],
      ['/notices', 'notices.title'],
      ['/account', 'account.title'],
      ['/account/security', 'security.title'],
      ['/account/contact', 'contact_change.title'],
      ['/account/privacy', 'account.privacy'],
      ['/support', 'support.title'],
      ['/appeal', 'appeal.title'],
      ['/help', 'help.title'],
      ['/help/messages', 'help.reasons'],
      ['/recover', 'recover.title'],
      ['/nowhere', 'lost.title'],
    ] as const) {
      await page.goto(service.url + path)
      await walker.heading(title)
      await look(path.slice(1).replaceAll('/', '-') || 'home')
    }
    await page.goto(`${service.url}/help/blur`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await look('help-article')
    await page.goto(`${service.url}/support/new?topic=identity`)
    await walker.heading('support.new')
    await look('ask')
    await page.getByLabel(walker.text['ask.text']!).fill('您好 · Hello')
    await walker.press('ask.send')
    await walker.heading('ticket.title')
    await page.getByText('您好 · Hello').waitFor()
    await look('ticket')

    // 401 before signing in is the only failure a browser may have seen.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
    expect(seen.faults).toEqual([])
    await pages.close()
  })

  it('lets a person check where the face is refused, and the applicant withdraws', async () => {
    const pages = await context(eyes.browser, locale)
    const page = await pages.newPage()
    const seen: Seen = { screens: new Set(), faults: [] }
    const walker = new Walker(page, service, texts(locale), async () => {})
    await walker.register()
    await walker.press('home.begin')
    await walker.consent('refused')
    await walker.form(specimen())
    await walker.shoot(eyes, 'portrait_side')
    await walker.shoot(eyes, 'emblem_side')
    await walker.heading('review.title')
    await walker.press('human.button')
    await walker.press('human.confirm')
    await walker.heading('status.manual_review')
    // The promised date comes with the case, which a job opens.
    await page.locator('.due').waitFor()
    await looker(page, locale, seen)('in-review')
    await walker.press('withdraw.button')
    await looker(page, locale, seen)('withdraw')
    await walker.press('withdraw.confirm')
    await walker.heading('status.withdrawn')
    expect(seen.faults).toEqual([])
    await pages.close()
  })
})

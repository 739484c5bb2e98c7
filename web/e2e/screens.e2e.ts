/** Screens that the usual way does not come by: faults in forms, a second factor, and how an application may end. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, texts, Walker } from './flow'
import { looker, type Seen, settling } from './look'
import { context, launch, Service, specimen } from './service'

let service: Service
let browser: Browser
beforeAll(async () => {
  service = await Service.start()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

/** What the pages read of an application. */
interface Told {
  status: string
  due_at?: string
  person_offered?: boolean
  steps: { name: string; state: string }[]
  latest_decision?: object
}
const WHY = { 'zh-CN': '请补充：户口簿首页。', en: 'Please add: the first page of the household register.' }
const REMARK = 'The page with the stamp, please.'
const decided = {
  id: 'dec_1', outcome: 'reject', decided_by: 'staff', decided_at: new Date().toISOString(), steps: [] as string[],
  reasons: [{ public_code: 'ACC_MORE_EVIDENCE', steps: [] as string[], choice: false, text: WHY }],
}

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  // A service of its own: one network may open ten accounts within an hour, and all of these come from one.
  let service: Service
  beforeAll(async () => {
    service = await Service.start()
  })
  afterAll(() => service?.stop())

  const seen: Seen = { screens: new Set(), faults: [] }
  let page: Page
  const open = async () => {
    page = await (await context(browser, locale)).newPage()
    return { walker: new Walker(page, service, texts(locale)), look: looker(page, locale, seen) }
  }

  it('tells every slip beside its field', async () => {
    const { walker, look } = await open()
    const { text } = walker
    const fault = (key: string) => walker.sees(page.getByText(text[key]!, { exact: true }))
    await page.goto(`${service.url}/register`)
    await walker.heading('register.title')
    await page.getByLabel(text['contact.label']!).fill('nobody')
    await walker.press('register.submit')
    await fault('contact.fault')
    await look('register-fault')

    await page.goto(`${service.url}/sign-in`)
    await walker.heading('sign_in.title')
    await page.getByLabel(text['contact.label']!).fill('nobody@example.org')
    await page.getByLabel(text['password.label']!).fill(PASSWORD)
    await walker.press('sign_in.submit')
    await fault('sign_in.wrong')
    await look('sign-in-fault')

    await page.goto(`${service.url}/recover`)
    await walker.heading('recover.title')
    await page.getByLabel(text['contact.label']!).fill('nobody@example.org')
    await walker.press('recover.begin')
    await walker.sees(page.getByLabel(text['code.label']!))
    await look('recover-code')

    await walker.register()
    await walker.press('home.begin')
    await walker.heading('consent.title')
    await walker.press('consent.submit')
    await fault('consent.missing')
    await look('consent-missing')
    await walker.consent()
    await walker.heading('form.title')
    await page.getByLabel(text['form.number']!).fill(`${specimen().number.slice(0, 17)}${specimen().number.endsWith('1') ? '2' : '1'}`)
    await walker.press('form.submit')
    await fault('form.name_missing')
    await fault('form.number_check')
    await look('form-fault')
    expect(seen.faults).toEqual([])
  })

  it('sets a second factor up', async () => {
    const { walker, look } = await open()
    await walker.register()
    await page.goto(`${service.url}/account/security`)
    await walker.heading('security.title')
    await walker.press('security.enrol')
    await walker.sees(page.getByLabel(walker.text['factor.totp']!))
    // Drawn under the strict policy, and the same to type for whoever cannot scan.
    const code = page.getByRole('img', { name: walker.text['security.enrol_qr']! })
    await walker.sees(code)
    expect(await code.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBeGreaterThan(100)
    await page.getByText(walker.text['security.enrol_type']!).click()
    await walker.sees(page.locator('.secret'))
    await look('security-enrol')
    expect(seen.faults).toEqual([])
  })

  it('freezes an account that somebody else may have, and says how to open it again', async () => {
    const { walker, look } = await open()
    await walker.register()
    await page.goto(`${service.url}/account/security`)
    await walker.press('freeze.begin')
    await walker.sees(page.getByText(walker.text['freeze.sure']!))
    await look('security-freeze')
    await walker.press('freeze.yes')
    await walker.sees(page.getByText(walker.text['freeze.frozen']!))
    await look('security-frozen')
    await page.goto(service.url)
    await walker.sees(page.getByText(walker.text['restriction.compromise_reported']!))
    await page.getByRole('link', { name: walker.text['home.open_again']! }).click()
    // A second step first, then another verification: one that the contact shows, and one of a face.
    await walker.press('freeze.open')
    await walker.sees(page.getByRole('heading', { name: walker.text['step_up.title']! }))
    await walker.press('step_up.send')
    await walker.sees(page.getByLabel(walker.text['code.label']!))
    expect(seen.faults).toEqual([])
  })

  it('shows how an application stands, whatever it is', async () => {
    const { walker, look } = await open()
    await walker.begun(specimen())
    await walker.heading('picture.title_portrait_side')
    // As the service would tell it; only how it looks is asked here.
    let change = (_: Told) => {}
    await page.route(/\/api\/v1\/applications(\?limit=1|\/app_\w+)$/, async (route) => {
      const response = await route.fetch()
      const json = await response.json()
      change(json.data?.[0] ?? json)
      await route.fulfill({ response, json })
    })
    for (const status of ['checking', 'waiting_source', 'manual_review', 'rejected', 'expired', 'withdrawn', 'approved']) {
      change = (application) => {
        application.status = status
        application.due_at = new Date(Date.now() + 20 * 86_400_000).toISOString()
        if (status === 'rejected') application.latest_decision = { ...decided, remark: REMARK }
      }
      await page.goto(`${service.url}/verify/status`)
      await walker.heading(`status.${status}`)
      if (status === 'rejected') await walker.sees(page.getByText(REMARK))
      await look(`status-${status}`)
    }
    // What is to be done again says why, on every step, in the same place.
    for (const [step, heading] of [
      ['consent', 'consent.title'],
      ['form', 'form.title'],
      ['portrait_side', 'picture.title_portrait_side'],
      ['channel', 'channel_step.title'],
      ['evidence', 'picture.title_evidence'],
    ] as const) {
      change = (application) => {
        application.status = 'resubmit'
        application.steps = [...application.steps.filter((one) => one.name !== step), { name: step, state: 'redo' }]
        application.latest_decision = { ...decided, outcome: 'resubmit', steps: [step], reasons: [{ ...decided.reasons[0]!, steps: [step] }], remark: REMARK }
      }
      await page.goto(`${service.url}/verify/${step}`)
      await walker.heading(heading)
      await walker.sees(page.getByText(WHY[locale]))
      await walker.sees(page.getByText(REMARK))
      await look(`again-${step}`)
    }
    change = (application) => {
      for (const step of application.steps) if (step.state === 'open') step.state = 'locked'
    }
    await page.goto(`${service.url}/verify/portrait_side`)
    await walker.heading('picture.title_portrait_side')
    await walker.sees(page.getByText(walker.text['picture.locked']!, { exact: true }))
    await look('locked')
    await walker.press('picture.locked_appeal')
    await walker.heading('appeal.title')
    await walker.sees(page.getByText(walker.text['appeal.of_lock']!.replace('{step}', walker.text['lock_step.portrait_side']!)))
    await look('appeal-lock')
    // Nobody can look at what has neither name nor number, and of a form that was there once the service offers it.
    for (const offered of [false, true]) {
      change = (application) => {
        application.person_offered = offered
        for (const step of application.steps) if (step.name === 'form') step.state = 'locked'
      }
      await page.goto(`${service.url}/verify/form`)
      await walker.heading('form.title')
      await walker.sees(page.getByText(walker.text[offered ? 'picture.locked' : 'form.locked']!, { exact: true }))
      await look(`locked-form-${offered ? 'offered' : 'alone'}`)
      expect(await page.getByRole('button', { name: walker.text['human.button']!, exact: true }).count()).toBe(offered ? 2 : 0)
      expect(await page.getByLabel(walker.text['form.number']!).count()).toBe(0)
    }
    await walker.press('picture.locked_appeal')
    await walker.sees(page.getByText(walker.text['appeal.of_lock']!.replace('{step}', walker.text['lock_step.form']!)))
    // Approved once, and no longer: the way on is another verification, not the page that says "verified".
    change = (application) => (application.status = 'approved')
    await page.route(/\/api\/v1\/account$/, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), restrictions: ['document_expired'] } })
    })
    await page.goto(`${service.url}/verify/status`)
    await walker.heading('consent.title')
    await page.goto(service.url)
    await walker.sees(page.getByText(walker.text['home.again_text']!, { exact: true }))
    await look('home-again')
    await walker.press('home.again')
    await walker.heading('consent.title')
    expect(seen.faults).toEqual([])
  })
})

it('writes to people in the language they read', async () => {
  const page = await (await context(browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  await walker.register()
  const locale = () => page.evaluate(async () => ((await (await fetch('/api/v1/account')).json()) as { locale: string }).locale)
  expect(await locale()).toBe('en')
  await page.locator('header select').selectOption('zh-CN')
  await page.getByRole('heading', { level: 1, name: texts('zh-CN')['home.title']! }).waitFor()
  await expect.poll(locale).toBe('zh-CN')
})

it('opens its questions accessibly, and objects to a restriction by its place', async () => {
  const seen: Seen = { screens: new Set(), faults: [] }
  const page = await (await context(browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  const look = looker(page, 'en', seen)
  await walker.begun(specimen())
  await walker.heading('picture.title_portrait_side')
  await walker.press('human.button')
  await page.getByRole('dialog').waitFor()
  await look('human')
  await page.keyboard.press('Escape')
  await walker.press('handoff.button')
  await page.getByRole('dialog').getByRole('img').waitFor()
  await look('handoff-phone')
  await page.keyboard.press('Escape')

  // Consents as the service tells them: one given, one to a text that has changed, one refused.
  const consents = (face: string) => ({
    object: 'list',
    data: [
      { kind: 'general', required: true, state: 'given', text_version: '2026-11', at: new Date().toISOString() },
      { kind: 'id_images', required: true, state: 'outdated', text_version: '2026-01', at: new Date().toISOString() },
      { kind: 'source_query', required: true, state: 'not_asked' },
      { kind: 'face', required: false, state: face, text_version: '2026-11', at: new Date().toISOString() },
    ].map((consent) => ({ ...consent, current_text_version: consent.kind === 'face' ? '2026-12' : '2026-11' })),
  })
  const asked: string[] = []
  await page.route(/\/api\/v1\/account\/consents/, async (route) => {
    const request = route.request()
    if (request.method() === 'POST') asked.push(`${new URL(request.url()).pathname.split('/').slice(-2).join('/')} ${request.postData() ?? ''}`)
    await route.fulfill({ json: consents(asked.length === 1 ? 'withdrawn' : 'given') })
  })
  await page.goto(`${service.url}/account/privacy`)
  await walker.heading('account.privacy')
  await walker.sees(page.getByText('text version 2026-01', { exact: false }))
  await look('privacy-consents')
  const face = walker.text['consent.face']!
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: walker.text['privacy.take_back_of']!.replace('{consent}', face) }).click()
  await walker.sees(dialog.getByText(walker.text['privacy.take_back_face']!))
  await look('privacy-take-back')
  await dialog.getByRole('button', { name: walker.text['privacy.yes']!, exact: true }).click()
  await walker.sees(page.getByText(walker.text['privacy.state_withdrawn']!, { exact: true }))
  // The button that was pressed is gone; whoever uses a keyboard is where it was, and whoever listens is told.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('consent-face')
  await walker.sees(page.getByRole('status').getByText(`${face}: ${walker.text['privacy.state_withdrawn']!}`))
  await page.getByRole('button', { name: walker.text['privacy.give_of']!.replace('{consent}', face) }).click()
  // Whoever consents again has the text before them.
  await walker.sees(dialog.getByText(walker.text['consent.face_text']!))
  await look('privacy-give')
  await dialog.getByRole('button', { name: walker.text['privacy.give_yes']!, exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(asked).toEqual(['face/withdraw ', 'face/give {"text_version":"2026-12","locale":"en"}'])
  for (const [button, name] of [['privacy.withdraw', 'privacy-withdraw'], ['privacy.close', 'privacy-close']] as const) {
    await walker.press(button)
    await page.getByRole('dialog').waitFor()
    await look(name)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }

  await page.route(/\/api\/v1\/account$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), restrictions: ['document_expired', 'staff_hold'] } })
  })
  await page.goto(service.url)
  await walker.heading('home.title')
  expect(await page.getByRole('link', { name: walker.text['home.object']! }).count()).toBe(1)
  await walker.press('home.object')
  await walker.heading('appeal.title')
  // The name of a restriction is for nobody's address bar.
  expect(page.url()).toMatch(/\/appeal\?restriction=1$/)
  await walker.sees(page.getByText(walker.text['restriction.other']!))
  await look('appeal-restriction')
  expect(seen.faults).toEqual([])
})

it('never leads a phone that was handed the pictures to a sign-in', async () => {
  const page = await (await context(browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  const steps = [{ name: 'portrait_side', state: 'locked' }]
  const handed = { id: 'hof_1', application: 'app_1', state: 'claimed', steps, expires_at: new Date(Date.now() + 600_000).toISOString() }
  await page.route(/\/api\/v1\/handoffs\/current$/, (route) => route.fulfill({ json: handed }))
  await page.goto(`${service.url}/handoff`)
  await walker.heading('picture.title_portrait_side')
  await walker.sees(page.getByText(walker.text['human.elsewhere']!))
  expect(await page.locator('main a').count()).toBe(0)
})

/** How far things may move in all, as a share of the screen (Layout Instability, what Lighthouse calls good is 0.1). */
const SHIFT_MAX = 0.05

it('keeps still while its screens fill', async () => {
  const page = await (await context(browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  await page.addInitScript(() => {
    let moved = 0
    const add = (entries: PerformanceEntryList) => {
      for (const entry of entries as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) moved += entry.value
      }
    }
    const observer = new PerformanceObserver((list) => add(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    // Also what it was not told of yet.
    Object.assign(window, { moved: () => (add(observer.takeRecords()), moved) })
  })
  const settled = settling(page)
  const moves: string[] = []
  const visit = async (who: string, places: readonly (readonly [path: string, heading: string])[]) => {
    // One answer after the other, as a slow network brings them.
    let asked = 0
    await page.route(/\/(assets|api)\//, async (route) => {
      await new Promise((come) => setTimeout(come, 50 + 100 * (asked++ % 3)))
      await route.continue().catch(() => {})
    })
    for (const [path, heading] of places) {
      await page.goto(service.url + path)
      await walker.sees(page.getByRole('heading', { level: 1, name: walker.text[heading] ?? heading, exact: true }))
      await settled()
      const moved = await page.evaluate(() => (window as unknown as { moved: () => number }).moved())
      if (moved > SHIFT_MAX) moves.push(`${who} ${path}: ${moved.toFixed(3)}`)
    }
    await page.unrouteAll({ behavior: 'wait' })
  }
  const help = [['/help', 'help.title'], ['/help/blur', 'My picture is blurry'], ['/help/messages', 'help.reasons']] as const
  await visit('stranger', [['/', 'welcome.title'], ['/register', 'register.title'], ['/sign-in', 'sign_in.title'], ['/recover', 'recover.title'], ...help])
  await walker.register()
  await visit('applicant', [
    ['/', 'home.title'],
    ['/limits', 'limits.title'],
    ['/notices', 'notices.title'],
    ...help.slice(0, 2),
    ['/account', 'account.title'],
    ['/account/security', 'security.title'],
    ['/account/contact', 'contact_change.title'],
    ['/account/privacy', 'account.privacy'],
    ['/support', 'support.title'],
    ['/support/new', 'support.new'],
    ['/verify', 'consent.title'],
  ])
  expect(moves).toEqual([])
})

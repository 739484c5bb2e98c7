/** Screens that the usual way does not come by: faults in forms, a second factor, and how an application may end. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, texts, Walker } from './flow'
import { looker, type Seen } from './look'
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

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
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
    await look('security-enrol')
    expect(seen.faults).toEqual([])
  })

  it('shows how an application stands, whatever it is', async () => {
    const { walker, look } = await open()
    await walker.begun(specimen())
    await walker.heading('picture.title_portrait_side')
    // As the service would tell it; only how it looks is asked here.
    let change = (_: { status: string; due_at?: string; steps: { state: string }[] }) => {}
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
      }
      await page.goto(`${service.url}/verify/status`)
      await walker.heading(`status.${status}`)
      await look(`status-${status}`)
    }
    change = (application) => {
      for (const step of application.steps) if (step.state === 'open') step.state = 'locked'
    }
    await page.goto(`${service.url}/verify/portrait_side`)
    await walker.heading('picture.title_portrait_side')
    await walker.sees(page.getByText(walker.text['picture.locked']!, { exact: true }))
    await look('locked')
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

/** How far things may move in all, as a share of the screen (Layout Instability, what Lighthouse calls good is 0.1). */
const SHIFT_MAX = 0.05

it('keeps still while its screens fill', async () => {
  const page = await (await context(browser, 'en')).newPage()
  const walker = new Walker(page, service, texts('en'))
  await page.addInitScript(() => {
    const seen = window as unknown as { moved: number }
    seen.moved = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) seen.moved += entry.value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const moves: string[] = []
  const visit = async (who: string, paths: string[]) => {
    // One answer after the other, as a slow network brings them.
    let asked = 0
    await page.route(/\/(assets|api)\//, async (route) => {
      await new Promise((come) => setTimeout(come, 50 + 100 * (asked++ % 3)))
      await route.continue().catch(() => {})
    })
    for (const path of paths) {
      await page.goto(service.url + path, { waitUntil: 'networkidle' })
      const moved = await page.evaluate(() => (window as unknown as { moved: number }).moved)
      if (moved > SHIFT_MAX) moves.push(`${who} ${path}: ${moved.toFixed(3)}`)
    }
    await page.unrouteAll({ behavior: 'wait' })
  }
  await visit('stranger', ['/', '/register', '/sign-in', '/recover', '/help', '/help/blur', '/help/messages'])
  await walker.register()
  const own = ['/', '/limits', '/notices', '/help', '/help/blur', '/account', '/account/security', '/account/contact']
  await visit('applicant', [...own, '/account/privacy', '/support', '/support/new', '/verify'])
  expect(moves).toEqual([])
})

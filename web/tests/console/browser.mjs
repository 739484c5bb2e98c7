// A browser that is signed in as somebody, and a look at a screen as it stands.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { CHROMIUM, PASSWORD, freshTotp } from './world.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const FOLDER = process.env.SHIMING_SCREENSHOTS
const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
const TABLET = { width: 820, height: 1180 }

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ['--headless=new', '--no-sandbox'] })

/** A page; what it says on its console and what it fails to load is kept. */
export async function open(browser, world, { locale = 'en', viewport = DESKTOP } = {}) {
  const context = await browser.newContext({ locale, viewport, reducedMotion: 'reduce', baseURL: world.pages })
  // The machine may be busy with much else; what is slow is no fault here.
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  page.faults = []
  page.judged = []
  page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && page.faults.push(message.text()))
  page.on('pageerror', (error) => page.faults.push(String(error)))
  page.asks = new Set()
  page.on('request', (request) => {
    // Another document; nobody says what became of that which the one before still waited for.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) page.asks.clear()
    page.asks.add(request)
  })
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => page.asks.delete(request))
  return page
}

/** A page of somebody who signed in before the browser came: figures of an authenticator count once in 30 s. */
export async function openAs(browser, world, person, how) {
  const page = await open(browser, world, how)
  const cookies = [...person.client.cookies].map(([name, value]) => ({ name, value, url: world.pages.replace('http:', 'https:'), secure: true, httpOnly: true, sameSite: 'Strict' }))
  await page.context().addCookies(cookies)
  return page
}

/** Signs in as a person does, by keyboard alone: Tab, text, Enter. */
export async function signIn(page, person) {
  await page.goto('/console/')
  await page.locator('input[type=email]').waitFor()
  await tabTo(page, 'input[type=email]')
  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('input[autocomplete=one-time-code]').waitFor()
  await tabTo(page, 'input[autocomplete=one-time-code]')
  await page.keyboard.type(await freshTotp(person))
  await page.keyboard.press('Enter')
  await page.locator('nav a').first().waitFor()
}

/** Tabs until something has focus. */
export async function tabTo(page, selector, most = 60) {
  for (let step = 0; step < most; step++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reached ${selector}`)
}

export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key)
}

/** Goes to a screen and waits until it is there. */
export async function at(page, path, there = 'main h1') {
  await page.goto(path)
  await page.locator('main h1').first().waitFor()
  await page.locator('.waiting').waitFor({ state: 'detached' })
  await page.locator(there).first().waitFor()
}

/** All that a page asked for is there, and what was drawn from it asked for nothing more. */
export async function settled(page, seconds = 90) {
  const end = Date.now() + seconds * 1000
  for (let calm = 0; calm < 2; ) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const waiting = await page.locator('.waiting').count()
    calm = page.asks.size === 0 && waiting === 0 ? calm + 1 : 0
    if (Date.now() > end) throw new Error(`${page.url()} does not settle: ${[...page.asks].map((request) => request.url()).join(' ')}`)
  }
}

/** What axe finds on a page that stood still meanwhile: it takes what came after it began for text without a ground. */
async function judged(page, seconds = 90) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    await settled(page)
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
    await drawn(page)
    const { violations, moved } = await page.evaluate(async (tags) => {
      let moved = false
      const watch = new MutationObserver(() => (moved = true))
      watch.observe(document.body, { childList: true, subtree: true })
      const { violations } = await window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
      moved ||= watch.takeRecords().length > 0
      watch.disconnect()
      return { violations, moved }
    }, TAGS)
    if (!moved) return violations
  }
  throw new Error(`${page.url()} does not stand still`)
}

/** New colours and sizes are there with the frame after the next, those that fade into each other later. */
const drawn = (page) =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    await Promise.allSettled(fading.map((animation) => animation.finished))
  })

/** Nothing is wider than the window. */
async function fits(page, viewport, faults) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (wider > 0) faults.push(`${wider} px wider than ${viewport.width}`)
}

/**
 * A screen as it stands, light on a desk and dark on a phone, so that both widths and both themes are judged: no fault
 * axe knows of, nothing on the browser's console, nothing wider than the window. With SHIMING_SCREENSHOTS set, all four
 * pictures are left there.
 */
export async function look(page, name, locale, { phone = true } = {}) {
  const faults = []
  for (const [screen, viewport, theme] of [['desktop', DESKTOP, 'light'], ['phone', phone ? PHONE : DESKTOP, 'dark']]) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme: theme })
    for (const { id, nodes } of await judged(page)) faults.push(`${screen} ${theme}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
    await fits(page, viewport, faults)
    for (const one of FOLDER ? ['light', 'dark'] : []) {
      mkdirSync(FOLDER, { recursive: true })
      await page.emulateMedia({ colorScheme: one })
      await drawn(page)
      // What lies above the page is seen through the window only.
      const fullPage = (await page.locator('dialog[open], :popover-open').count()) === 0
      await page.screenshot({ path: join(FOLDER, `console-${name}-${screen}-${locale}-${one}.png`), fullPage })
    }
  }
  await page.setViewportSize(TABLET)
  await fits(page, TABLET, faults)
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light' })
  page.judged.push(...faults.map((fault) => `${name}: ${fault}`))
}

/** Leaves a page; says everything that was wrong with what was seen on it. */
export async function leave(page) {
  await page.context().close()
  assert.deepEqual([...page.judged, ...page.faults], [])
}

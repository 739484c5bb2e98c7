// A browser that is signed in as somebody.
import { chromium } from 'playwright-core'
import { CHROMIUM, PASSWORD, freshTotp } from './world.mjs'

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ['--headless=new', '--no-sandbox'] })

/** A page; what it says on its console and what it fails to load is kept. */
export async function open(browser, world, { locale = 'en', theme = 'light', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ locale, colorScheme: theme, viewport: { width, height }, reducedMotion: 'reduce', baseURL: world.pages })
  // The machine may be busy with much else; what is slow is no fault here.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  page.faults = []
  page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && page.faults.push(message.text()))
  page.on('pageerror', (error) => page.faults.push(String(error)))
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

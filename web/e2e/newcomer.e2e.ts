/** What `cargo xtask run` invites a newcomer to: be verified as a specimen person with chosen photos, decide the case as
 *  the reviewer, and be verified after all. Staff are hired by the script that it runs. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshTotp } from '../tests/console/world.mjs'
import { texts, Walker } from './flow'
import { context, DESKTOP, Eyes, Service, specimen } from './service'

const words = Object.assign({}, ...['console', 'console-words'].map((area) => JSON.parse(readFileSync(`src/locales/en/${area}.json`, 'utf8')))) as Record<string, string>
const ASKED = { 'zh-CN': '请用手机摄像头现场再拍一次自拍', en: 'Please take the selfie again, live' }

let eyes: Eyes
let service: Service
beforeAll(async () => {
  eyes = await Eyes.open()
  service = await Service.start()
})
afterAll(async () => {
  await eyes?.close()
  await service?.stop()
})

interface Staff {
  email: string
  password: string
  secret: string
  /** Figures of this half minute or an earlier one were shown when they were hired. */
  step: number
}

/** A line of what docs/staff.sh prints. */
async function hired(role: string): Promise<Staff> {
  const { stdout } = await promisify(execFile)('sh', ['../docs/staff.sh', service.url, service.setUpLink])
  const [, email, password, secret] = stdout.split('\n').map((line) => line.trim().split(/\s+/)).find(([who]) => who === role) ?? []
  if (!email || !password || !secret) throw new Error(`no ${role} was hired:\n${stdout}`)
  return { email, password, secret, step: Math.floor(Date.now() / 30_000) }
}

const button = (page: Page, key: string) => page.getByRole('button', { name: words[key]!, exact: true })

/** Password, then figures. A network may try only so often within a minute, and hiring has tried. */
async function signedIn(page: Page, reviewer: Staff): Promise<void> {
  const figures = page.getByLabel(words['signin.code']!)
  const tooMany = page.getByText(words['fault.too_many']!)
  await page.goto(`${service.url}/console/`)
  await page.getByLabel(words['signin.email']!).fill(reviewer.email)
  await page.getByLabel(words['signin.password']!).fill(reviewer.password)
  const enter = async (key: string, next: ReturnType<Page['locator']>, fill = async () => {}) => {
    for (const end = Date.now() + 120_000; Date.now() < end; ) {
      await fill()
      await button(page, key).click()
      await next.or(tooMany).first().waitFor()
      if (await next.isVisible()) return
      await page.waitForTimeout(5_000)
    }
    throw new Error(`too many tries for two minutes: ${key}`)
  }
  await enter('signin.enter', figures)
  await enter('signin.continue', button(page, 'queue.next'), async () => figures.fill(await freshTotp(reviewer)))
}

/** A verdict, and in the dialog once more. */
async function decide(page: Page, verdict: string): Promise<void> {
  await button(page, 'decide.onward').click()
  await page.getByRole('dialog').getByRole('button', { name: words[`verdict.${verdict}`]!, exact: true }).click()
}

it('is verified with chosen photos, sent back by the reviewer for a live selfie, and approved', async () => {
  const newcomer = await (await context(eyes.browser, 'zh-CN')).newPage()
  const walker = new Walker(newcomer, service, texts('zh-CN'))
  const me = specimen()
  await walker.begun(me)
  // Not before: registering tries, too. Whoever waits for it hears of its failure; until then nobody does.
  const reviewer = hired('reviewer')
  reviewer.catch(() => {})
  for (const step of ['portrait_side', 'emblem_side', 'selfie']) await walker.choose(step, me.file(step))
  await walker.heading('review.title')
  await walker.press('review.submit')
  await walker.heading('status.manual_review')

  const desk = await (await context(eyes.browser, 'en', DESKTOP)).newPage()
  await signedIn(desk, await reviewer)
  await desk.locator('tbody tr').first().waitFor()
  await button(desk, 'queue.next').click()
  await desk.locator('.lease').waitFor()
  // By a selfie that was not live nobody is approved, and it is said what helps.
  await desk.getByRole('radio', { name: words['verdict.approve']!, exact: true }).check()
  await decide(desk, 'approve')
  await desk.getByText(words['fault.live_match_missing']!).waitFor()
  await desk.getByRole('radio', { name: words['verdict.resubmit']!, exact: true }).check()
  await desk.getByRole('checkbox', { name: /CAPTURE_NOT_LIVE/ }).check()
  for (const language of ['zh-CN', 'en'] as const) {
    expect(await desk.locator(`.letter[lang=${language}]`).innerText()).toContain(ASKED[language])
  }
  await decide(desk, 'resubmit')
  await desk.getByText(words['case.decided']!, { exact: true }).waitFor()

  // The page of the newcomer follows by itself once nobody can take it back, and says why.
  await walker.heading('picture.title_selfie')
  await walker.sees(newcomer.getByText(ASKED['zh-CN']))
  await walker.shoot(eyes, 'selfie')
  await walker.heading('review.title')
  await walker.press('review.submit')
  await walker.heading('status.approved')
})

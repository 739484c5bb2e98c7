// Every screen of the console, in both languages and both themes: no accessibility fault, nothing on the browser's
// console, no sideways scrolling at 1280 px and on a tablet. With SHIMING_SCREENSHOTS set, pictures of them are left there.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launch, open, signIn } from './browser.mjs'
import { applicant, fill, reaches, specimens, staff, start, until } from './world.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SHOTS = process.env.SHIMING_SCREENSHOTS
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
let world, people, browser, ticket, email

before(async () => {
  world = await start()
  people = await staff(world)
  const [one, two, three, four] = specimens()
  const approved = await applicant(world, 'approved@example.org')
  const done = await fill(approved, one, { origin: 'live' })
  await approved.send('POST', `/applications/${done}/submit`)
  await reaches(approved, done, 'approved')
  // Somebody who is rejected by two people and objects.
  const rejected = await applicant(world, 'rejected@example.org')
  const refused = await fill(rejected, four)
  await rejected.send('POST', `/applications/${refused}/submit`)
  await reaches(rejected, refused, 'manual_review')
  for (const by of [people.reviewer, people.supervisor]) {
    const item = await until('the case', () => by.client.send('POST', '/cases/next', {}))
    await by.client.send('POST', `/cases/${item.id}/decide`, { token: item.lease.token, version: item.version, verdict: 'reject', reasons: ['FACE_MISMATCH'], note: 'The ears differ.' })
  }
  await reaches(rejected, refused, 'rejected')
  await rejected.send('POST', '/appeals', { subject_kind: 'application', subject: refused, text: 'The photo on my card is ten years old.' })
  // Work that waits: a chosen selfie, a slip of the pen, and somebody who asks for a person.
  email = 'waiting@example.org'
  const waiting = await applicant(world, email)
  const sent = await fill(waiting, two)
  await waiting.send('POST', `/applications/${sent}/submit`)
  await reaches(waiting, sent, 'manual_review')
  const asking = await applicant(world, 'asking@example.org')
  const asked = await fill(asking, three, { pictures: [] })
  await asking.send('POST', `/applications/${asked}/ask-human`, { reason: 'accessibility' })
  ticket = (await waiting.send('POST', '/tickets', { application: sent, reasons: ['CAPTURE_NOT_LIVE'], text: 'How long will it take?\nI travel on Friday.' })).id
  await people.support.client.send('POST', `/tickets/${ticket}/messages`, { text: 'It is with a colleague and will be answered within three working days.' })
  await waiting.send('POST', `/tickets/${ticket}/messages`, { text: 'Thank you.' })
  browser = await launch()
})

after(async () => {
  await browser?.close()
  await world?.stop()
})

/** No fault, no error, no sideways scrolling; and a picture. */
async function look(page, name, { locale, theme }) {
  await page.waitForLoadState('networkidle')
  await page.evaluate(AXE)
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS)
  const faults = found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  if (SHOTS) {
    mkdirSync(SHOTS, { recursive: true })
    await page.screenshot({ path: join(SHOTS, `console-${name}-${locale}-${theme}.png`), fullPage: true })
  }
  assert.deepEqual(faults, [], `${name} ${locale} ${theme}`)
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(wider <= 0, `${name} scrolls sideways by ${wider} px`)
  assert.deepEqual(page.faults, [], name)
}

for (const locale of ['zh-CN', 'en']) {
  for (const theme of ['light', 'dark']) {
    test(`screens ${locale} ${theme}`, async () => {
      const how = { locale, theme, width: 1280 }
      const at = async (page, path) => {
        await page.goto(path)
        await page.locator('main h1').first().waitFor()
        await page.locator('.waiting').waitFor({ state: 'detached' })
      }
      const out = await open(browser, world, how)
      await out.goto('/console/')
      await out.locator('input[type=email]').waitFor()
      await look(out, 'sign-in', how)
      await out.goto('/console/setup#x')
      await out.locator('input[type=password]').waitFor()
      await look(out, 'set-up', how)
      await out.context().close()

      const page = await open(browser, world, how)
      await signIn(page, people.supervisor)
      await at(page, '/console/queue')
      await page.locator('tbody tr').first().waitFor()
      await look(page, 'queue', how)
      await page.keyboard.press('?')
      await page.locator('dialog[open]').waitFor()
      await look(page, 'shortcuts', how)
      await page.keyboard.press('Escape')
      await casePage(page, how)
      await at(page, '/console/figures')
      await page.locator('.tiles').waitFor()
      await look(page, 'figures', how)
      await at(page, '/console/policy')
      await page.locator('details').first().waitFor()
      await look(page, 'policy', how)
      await page.context().close()

      const support = await open(browser, world, how)
      await signIn(support, people.support)
      await at(support, '/console/tickets')
      await support.locator('tbody tr').first().waitFor()
      await look(support, 'tickets', how)
      await at(support, `/console/tickets/${ticket}`)
      await support.locator('.thread li').first().waitFor()
      await look(support, 'ticket', how)
      await at(support, '/console/people')
      await support.locator('select').last().selectOption('contact')
      await support.locator('input[type=search]').fill(email)
      await support.keyboard.press('Enter')
      await support.locator('dl.facts').waitFor()
      await look(support, 'people', how)
      await support.context().close()

      const operator = await open(browser, world, how)
      await signIn(operator, people.operator)
      await at(operator, '/console/keys')
      await operator.locator('form input[maxlength="60"]').fill(`shop ${locale} ${theme}`)
      await operator.locator('form button[type=submit]').click()
      await operator.locator('.once').waitFor()
      await look(operator, 'keys', how)
      await at(operator, '/console/staff')
      await operator.locator('tbody tr').first().waitFor()
      await look(operator, 'staff', how)
      await at(operator, '/console/audit')
      await operator.locator('tbody tr').first().waitFor()
      await look(operator, 'audit', how)
      await operator.context().close()
    })
  }
}

/** The case page, covered, then open, then deciding; and on a tablet. */
async function casePage(page, how) {
  const link = page.locator('tbody tr a').filter({ hasText: how.locale === 'en' ? 'First review' : '首次审核' }).first()
  await link.click()
  await page.locator('.panes').waitFor()
  await look(page, 'case-not-held', how)
  await page.keyboard.press('c')
  await page.locator('.lease').waitFor()
  await page.keyboard.press('m')
  await page.keyboard.press('v')
  await page.locator('dialog[open]').waitFor()
  await look(page, 'reveal', how)
  await page.keyboard.press('Enter')
  await page.locator('canvas').nth(1).waitFor({ timeout: 60_000 })
  await page.keyboard.press('r')
  await page.locator('ul input[type=checkbox]').first().check()
  await page.locator('.step input').last().check()
  await look(page, 'case', how)
  await page.setViewportSize({ width: 820, height: 1180 })
  await look(page, 'case-tablet', how)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.locator('section.decide > div:last-of-type button').click()
  await page.locator('dialog[open] .actions').waitFor()
  await look(page, 'confirm', how)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: how.locale === 'en' ? 'Give back' : '交回' }).click()
  await page.getByText(how.locale === 'en' ? 'Given back to the queue' : '已交回队列').waitFor()
}

// A reviewer decides real cases with the keyboard alone: the mouse is never touched.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, open, signIn, tabTo } from './browser.mjs'
import { applicant, fill, reaches, specimens, staff, start } from './world.mjs'

let world, people, browser, first, second

before(async () => {
  world = await start()
  people = await staff(world)
  const [one, two] = specimens()
  // The selfie is a chosen file, so a person looks.
  first = { client: await applicant(world, 'first@example.org') }
  first.id = await fill(first.client, one)
  await first.client.send('POST', `/applications/${first.id}/submit`)
  await reaches(first.client, first.id, 'manual_review')
  // Everything is there and live, and the person asks for a person.
  second = { client: await applicant(world, 'second@example.org') }
  second.id = await fill(second.client, two, { origin: 'live' })
  await second.client.send('POST', `/applications/${second.id}/ask-human`, { reason: 'accessibility' })
  await reaches(second.client, second.id, 'manual_review')
  browser = await launch()
})

after(async () => {
  await browser?.close()
  await world?.stop()
})

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key)
}

test('one is sent back for a better selfie, one is approved', async () => {
  const page = await open(browser, world)
  await signIn(page, people.reviewer)
  await page.getByRole('heading', { name: 'Queue' }).waitFor()

  await press(page, 'n')
  await page.waitForURL(/\/console\/cases\//)
  await page.locator('.lease').waitFor()
  // Look: what for, then Enter.
  await press(page, 'v')
  await page.locator('dialog[open] input[name=purpose]').first().waitFor()
  await press(page, 'Enter')
  await page.locator('canvas').first().waitFor()
  await press(page, '+', ']', 'm')
  await page.locator('.sheets.two').waitFor()
  await press(page, 'v')
  await page.locator('canvas').nth(1).waitFor()

  // Ask for the selfie again.
  await press(page, 'r')
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await page.keyboard.type('FACE_POSE')
  await press(page, 'ArrowDown', '1')
  assert.match(await page.locator('.letter[lang=en]').innerText(), /Hold your head straight/)
  assert.match(await page.locator('.letter[lang=zh-CN]').innerText(), /请摆正头部/)
  await press(page, 'Enter')
  await page.locator('dialog[open]').waitFor()
  await tabTo(page, 'dialog[open] .actions button.primary')
  await press(page, 'Enter')
  await page.getByText('Decided', { exact: true }).waitFor()
  await reaches(first.client, first.id, 'resubmit')

  // The next one, from where focus is.
  await tabTo(page, 'main button.primary')
  await press(page, 'Enter')
  await page.locator('.lease').waitFor()
  await press(page, 'a')
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('Next: confirm'))
  await press(page, 'Enter')
  await page.locator('dialog[open]').waitFor()
  await tabTo(page, 'dialog[open] .actions button.primary')
  await press(page, 'Enter')
  await page.getByText('Decided', { exact: true }).waitFor()
  await reaches(second.client, second.id, 'approved')
  assert.deepEqual(page.faults, [])
  await page.context().close()
})

test('keys rest while somebody types, can be changed and turned off', async () => {
  const page = await open(browser, world)
  await signIn(page, people.reviewer)
  await press(page, '?')
  await page.locator('dialog[open] kbd').first().waitFor()
  await tabTo(page, 'dialog[open] button[aria-label^="Next case"]')
  await press(page, 'Enter', 'y')
  await press(page, 'Escape')
  await press(page, 'n')
  assert.equal(new URL(page.url()).pathname, '/console/queue')
  await press(page, 'y')
  await page.getByText('There is no case you could take now.').waitFor()
  await press(page, '?')
  await tabTo(page, 'dialog[open] input[type=checkbox]')
  await press(page, 'Space', 'Escape', '?')
  assert.equal(await page.locator('dialog[open]').count(), 0)
  await page.context().close()
})

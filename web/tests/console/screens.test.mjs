// Every screen of the console in both languages; see `look` for what is judged, and for the pictures.
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { at, launch, leave, look, open, openAs, press } from './browser.mjs'
import { PASSWORD, applicant, decideNext, fill, invite, reaches, specimens, staff, start } from './world.mjs'

const text = (locale, key) => JSON.parse(readFileSync(new URL(`../../src/locales/${locale}/console${/^people/.test(key) ? '-office' : ''}.json`, import.meta.url), 'utf8'))[key]

let world, people, browser
/** What the screens show. */
const seen = {}

before(async () => {
  world = await start()
  people = await staff(world, 'reviewer', 'supervisor', 'arbiter', 'support', 'compliance')
  const [one, two, three, four] = specimens()
  browser = await launch()
  await Promise.all([verified(one), objecting(four)])
  await Promise.all([waiting(two), asking(three)])
})

/** Somebody who is verified, and whose verification a colleague wants taken back. */
async function verified(specimen) {
  seen.verified = 'verified@example.org'
  const client = await applicant(world, seen.verified)
  const id = await fill(client, specimen, { origin: 'live' })
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'approved')
  const found = await people.supervisor.client.send('POST', '/people/search', { by: 'contact', value: seen.verified })
  await people.supervisor.client.send('POST', `/verifications/${found.data[0].verification.id}/revoke`, { reason: 'DOC_TAMPERED' })
}

/** Somebody who is rejected by two people and objects. */
async function objecting(specimen) {
  const client = await applicant(world, 'objecting@example.org')
  const id = await fill(client, specimen)
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'manual_review')
  for (const by of [people.reviewer, people.supervisor]) {
    const { id: closed } = await decideNext(by, { verdict: 'reject', reasons: ['FACE_MISMATCH'], note: 'The ears differ.' })
    seen.closed = closed
  }
  await reaches(client, id, 'rejected')
  await client.send('POST', '/appeals', { subject_kind: 'application', subject: id, text: 'The photo on my card is ten years old.' })
}

/** Somebody whose selfie was a chosen file, and who writes to support. */
async function waiting(specimen) {
  const client = await applicant(world, 'waiting@example.org')
  const id = await fill(client, specimen)
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'manual_review')
  seen.ticket = (await client.send('POST', '/tickets', { application: id, reasons: ['CAPTURE_NOT_LIVE'], text: 'How long will it take?\nI travel on Friday.' })).id
  await people.support.client.send('POST', `/tickets/${seen.ticket}/messages`, { text: 'It is with a colleague and will be answered within three working days.' })
  await client.send('POST', `/tickets/${seen.ticket}/messages`, { text: 'Thank you.' })
}

/** Somebody who would rather have a person look. */
async function asking(specimen) {
  const client = await applicant(world, 'asking@example.org')
  const id = await fill(client, specimen, { pictures: [] })
  await client.send('POST', `/applications/${id}/ask-human`, { reason: 'accessibility' })
}

after(async () => {
  await browser?.close()
  await world?.stop()
})

/** A question of a screen: opened, looked at, and closed without an answer. */
async function question(page, opener, name, locale) {
  await opener.click()
  await page.locator('dialog[open] .actions').waitFor()
  await look(page, name, locale)
  await press(page, 'Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
}

for (const locale of ['zh-CN', 'en']) {
  const words = { 'zh-CN': { first: '首次审核', appeal: '申诉', back: '交回', save: text('zh-CN', 'queue.save'), hold: text('zh-CN', 'case.hold'), escalate: text('zh-CN', 'case.escalate'), change: text('zh-CN', 'people.change') }, en: { first: 'First review', appeal: 'Appeal', back: 'Give back', save: text('en', 'queue.save'), hold: text('en', 'case.hold'), escalate: text('en', 'case.escalate'), change: text('en', 'people.change') } }[locale]
  const as = (person) => openAs(browser, world, person, { locale })

  test(`the way in, ${locale}`, async () => {
    const page = await open(browser, world, { locale })
    await page.goto('/console/')
    await page.locator('input[type=email]').waitFor()
    await look(page, 'sign-in', locale)
    // Somebody new: the link, a password, and the authenticator.
    const email = `new-${locale}@example.org`
    await page.goto(`/console/setup#${await invite(people.operator, 'Lin Tao', email, 'reviewer')}`)
    await page.locator('input[type=password]').waitFor()
    await look(page, 'set-up', locale)
    await page.locator('input[type=email]').fill(email)
    await page.locator('input[type=password]').fill(PASSWORD)
    await press(page, 'Enter')
    await page.getByRole('button', { name: /authenticator|验证器/ }).waitFor()
    await look(page, 'enrol', locale)
    await page.getByRole('button', { name: /authenticator|验证器/ }).click()
    await page.locator('input[autocomplete=one-time-code]').waitFor()
    await look(page, 'enrol-app', locale)
    // Somebody who has one.
    await page.context().clearCookies()
    await page.goto('/console/')
    await page.locator('input[type=email]').fill(people.compliance.email)
    await page.locator('input[type=password]').fill(PASSWORD)
    await press(page, 'Enter')
    await page.locator('input[autocomplete=one-time-code]').waitFor()
    await look(page, 'second-factor', locale)
    await leave(page)
  })

  test(`the queue and a case, ${locale}`, async () => {
    const page = await as(people.arbiter)
    await at(page, '/console/queue', 'tbody tr')
    await look(page, 'queue', locale)
    await press(page, '?')
    await page.locator('dialog[open]').waitFor()
    await look(page, 'shortcuts', locale)
    await press(page, 'Escape')
    await page.locator('.me').click()
    await page.locator('#me').waitFor()
    await look(page, 'menu', locale)
    await press(page, 'Escape')
    await question(page, page.getByRole('button', { name: words.save }), 'queue-save', locale)
    await at(page, '/console/queue?view=on_hold', '.empty')
    await look(page, 'queue-empty', locale)

    await at(page, '/console/queue', 'tbody tr')
    await page.locator('tbody tr a').filter({ hasText: words.first }).first().click()
    await page.locator('.panes').waitFor()
    await look(page, 'case-not-held', locale)
    await press(page, 'c')
    await page.locator('.lease').waitFor()
    await press(page, 'm', 'v')
    await page.locator('dialog[open]').waitFor()
    await look(page, 'reveal', locale)
    await press(page, 'Enter')
    await page.locator('canvas').nth(1).waitFor()
    await press(page, 'r')
    await page.locator('ul input[type=checkbox]').first().check()
    await page.locator('.step input').last().check()
    await look(page, 'case', locale)
    await page.locator('section.decide > div:last-of-type button').click()
    await page.locator('dialog[open] .actions').waitFor()
    await look(page, 'confirm', locale)
    await press(page, 'Escape')
    await question(page, page.getByRole('button', { name: words.hold }), 'hold', locale)
    await question(page, page.getByRole('button', { name: words.escalate }), 'escalate', locale)
    await page.getByRole('button', { name: words.back }).click()
    await page.locator('.lease').waitFor({ state: 'detached' })

    await at(page, '/console/queue', 'tbody tr')
    await page.locator('tbody tr a').filter({ hasText: words.appeal }).first().click()
    await page.locator('.panes').waitFor()
    await press(page, 'c')
    await page.locator('blockquote').waitFor()
    await press(page, 'a')
    await page.locator('.letter').first().waitFor()
    await look(page, 'appeal', locale)
    await page.getByRole('button', { name: words.back }).click()
    await page.locator('.lease').waitFor({ state: 'detached' })

    await at(page, `/console/cases/${seen.closed}`, '.panes')
    await look(page, 'case-closed', locale)
    await at(page, '/console/cases/case_01kb0w3q6x8n5t4r2m7v9c1d0f')
    await look(page, 'case-gone', locale)
    await leave(page)
  })

  test(`what supervisors and compliance see, ${locale}`, async () => {
    const page = await as(people.supervisor)
    await at(page, '/console/figures', '.tiles')
    await look(page, 'figures', locale)
    await at(page, '/console/policy', 'dl.settings')
    await look(page, 'policy', locale)
    await at(page, '/console/revocations', 'li.panel')
    await look(page, 'revocations-own', locale)
    await at(page, '/console/security', '#places')
    await look(page, 'security', locale)
    await at(page, '/console/people')
    await page.locator('select').last().selectOption('contact')
    await page.locator('input[type=search]').fill(seen.verified)
    await press(page, 'Enter')
    await page.locator('dl.facts').waitFor()
    await question(page, page.getByRole('button', { name: words.change }), 'people-change', locale)
    await leave(page)

    const other = await as(people.compliance)
    await at(other, '/console/revocations', 'li.panel')
    await look(other, 'revocations', locale)
    await question(other, other.locator('li.panel .button.danger').first(), 'revocations-confirm', locale)
    await at(other, '/console/people')
    await other.locator('select').last().selectOption('contact')
    await other.locator('input[type=search]').fill(seen.verified)
    await press(other, 'Enter')
    await other.locator('dl.facts').waitFor()
    await look(other, 'people', locale)
    await other.locator('section .button.danger').click()
    await other.locator('dialog[open] select').waitFor()
    await look(other, 'revoke', locale)
    await leave(other)
  })

  test(`what support and the operator see, ${locale}`, async () => {
    const page = await as(people.support)
    await at(page, '/console/tickets', 'tbody tr')
    await look(page, 'tickets', locale)
    await at(page, `/console/tickets/${seen.ticket}`, '.thread li')
    await look(page, 'ticket', locale)
    await leave(page)

    const operator = await as(people.operator)
    await at(operator, '/console/keys', 'form input[maxlength="60"]')
    await operator.locator('form input[maxlength="60"]').fill(`shop ${locale}`)
    await operator.locator('form button[type=submit]').click()
    await operator.locator('.once').waitFor()
    await look(operator, 'keys', locale)
    await question(operator, operator.locator('tbody td:last-child button').last(), 'keys-revoke', locale)
    await at(operator, '/console/staff', 'tbody tr')
    await look(operator, 'staff', locale)
    await question(operator, operator.locator('tbody td:last-child button').first(), 'staff-disable', locale)
    // What wants a fresh second factor asks for it; as long after signing in as the service would take.
    await operator.route('**/api/v1/staff', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'step_up_required', status: 403 }) }) : route.fallback()))
    await operator.locator('form input[maxlength="60"]').fill('Lin Tao')
    await operator.locator('form input[type=email]').fill('later@example.org')
    await question(operator, operator.locator('form button[type=submit]'), 'step-up', locale)
    await at(operator, '/console/audit', 'tbody tr')
    await look(operator, 'audit', locale)
    await leave(operator)
  })
}

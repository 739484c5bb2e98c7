// What surrounds the cases: ways in, verifications taken back by two, second looks, appeals against what is not an
// application, and views of the queue.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { at, launch, leave, look, open, openAs, press } from './browser.mjs'
import { PASSWORD, applicant, decideNext, fill, invite, reaches, specimens, staff, start, until } from './world.mjs'

let world, people, browser, person

before(async () => {
  world = await start()
  people = await staff(world, 'reviewer', 'colleague', 'supervisor', 'arbiter', 'compliance')
  const client = await applicant(world, 'person@example.org')
  const id = await fill(client, specimens()[0], { origin: 'live' })
  await client.send('POST', `/applications/${id}/ask-human`, { reason: 'accessibility' })
  await reaches(client, id, 'manual_review')
  person = { client, id }
  browser = await launch()
})

after(async () => {
  await browser?.close()
  await world?.stop()
})

/** An authenticator within the browser that verifies its user, as a laptop with a fingerprint does. */
async function withAuthenticator(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  return session.send('WebAuthn.addVirtualAuthenticator', { options })
}

test('a new colleague joins with a passkey and comes back with it alone', async () => {
  const page = await open(browser, world)
  await withAuthenticator(page)
  const email = 'passkey@example.org'
  await page.goto(`/console/setup#${await invite(people.operator, 'Lin Tao', email, 'reviewer')}`)
  await page.locator('input[type=email]').fill(email)
  await page.locator('input[type=password]').fill(PASSWORD)
  await press(page, 'Enter')
  await page.getByRole('button', { name: 'Create a passkey' }).click()
  await page.getByRole('heading', { name: 'Queue' }).waitFor()
  // A second factor again, on the page for it; then another name.
  await at(page, '/console/security', '#places')
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.locator('dialog[open] input').waitFor()
  await look(page, 'passkey-rename', 'en')
  await page.locator('dialog[open] input').fill('Office laptop')
  await press(page, 'Enter')
  await page.getByText('Office laptop').waitFor()
  // The last one stays.
  await page.getByRole('button', { name: 'Remove “Office laptop”' }).click()
  await page.locator('dialog[open] .actions').waitFor()
  await look(page, 'passkey-remove', 'en')
  await page.locator('dialog[open] .danger').click()
  await page.getByText('The last second factor stays.').waitFor()
  await page.locator('.me').click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.locator('nav a').first().waitFor()
  await leave(page)
})

test('the QR code of an authenticator is drawn under the strict policy', async () => {
  const page = await openAs(browser, world, people.reviewer)
  await at(page, '/console/security', '#places')
  await page.getByRole('button', { name: 'Set up anew' }).click()
  await page.waitForFunction(() => (document.querySelector('img[alt*="QR"]')?.naturalWidth ?? 0) > 100)
  await leave(page)
})

test('a decision is looked at again by somebody who does not know it', async () => {
  const { id } = await decideNext(people.reviewer, { verdict: 'approve' })
  await reaches(person.client, person.id, 'approved')
  const page = await openAs(browser, world, people.supervisor)
  await at(page, `/console/cases/${id}`, '.panes')
  await page.getByRole('button', { name: 'Have it looked at again' }).click()
  await page.getByText('A colleague will look at it.').waitFor()
  await leave(page)

  // To the colleague it is a first review like any other.
  const other = await openAs(browser, world, people.colleague)
  await at(other, '/console/queue', 'tbody tr')
  // However late the reasons come: whoever begins as soon as the case is there keeps what was begun.
  await other.route('**/staff/reasons', async (route) => {
    await new Promise((done) => setTimeout(done, 2000))
    await route.continue()
  })
  await press(other, 'n')
  await other.locator('.lease').waitFor()
  assert.match(await other.locator('h1').innerText(), /First review|Assistance|Assisted/i)
  await press(other, 'x')
  await other.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await other.keyboard.type('FACE_MISMATCH')
  await press(other, 'ArrowDown', '1', 'Enter')
  await other.locator('dialog[open] .actions button').first().click()
  await other.locator('dialog[open]').waitFor({ state: 'detached' })
  await leave(other)
  // They differ: a supervisor who did neither says what was right.
  const waiting = await until('the disagreement', async () => (await people.supervisor.client.send('GET', '/cases?view=waiting')).data.find((item) => item.type === 'qa' && item.queue === 'arbiter'))
  const judge = await openAs(browser, world, people.supervisor)
  await at(judge, `/console/cases/${waiting.id}`, '.panes')
  await judge.getByText('The second look differs from the decision').waitFor()
  await leave(judge)
})

test('a supervisor holds an account, reads why, and lifts it', async () => {
  const page = await openAs(browser, world, people.supervisor)
  await at(page, '/console/people')
  await page.locator('select').last().selectOption('contact')
  await page.locator('input[type=search]').fill('person@example.org')
  await press(page, 'Enter')
  await page.getByRole('button', { name: 'Hold the account' }).click()
  const dialog = page.locator('dialog[open]')
  await dialog.locator('select').last().selectOption('30')
  await dialog.locator('textarea').fill('Odd payments since Monday')
  await dialog.getByRole('button', { name: 'Hold the account' }).click()
  await dialog.getByText('It takes another person than you.').waitFor()
  await dialog.locator('select').last().selectOption('7')
  await look(page, 'account-hold', 'en')
  await dialog.getByRole('button', { name: 'Hold the account' }).click()
  await page.getByText('The account is on hold.').waitFor()
  await page.getByRole('cell', { name: 'Odd payments since Monday' }).waitFor()
  await page.locator('dd', { hasText: 'Held by staff' }).waitFor()
  await look(page, 'account-holds', 'en')
  await page.getByRole('button', { name: /^Lift the hold on/ }).click()
  await dialog.getByRole('button', { name: 'Lift', exact: true }).click()
  await page.getByText('The hold was lifted.').waitFor()
  await page.getByText('Nobody holds an account.').waitFor()
  // The account above the list is asked for again meanwhile.
  await page.getByText('Held by staff').waitFor({ state: 'detached' })
  await leave(page)
})

test('two people take a verification back, and one alone cannot', async () => {
  const page = await openAs(browser, world, people.supervisor)
  await at(page, '/console/people')
  await page.locator('select').last().selectOption('contact')
  await page.locator('input[type=search]').fill('person@example.org')
  await press(page, 'Enter')
  await page.getByRole('button', { name: 'Take the verification back' }).click()
  await page.locator('dialog[open] select').selectOption('DOC_TAMPERED')
  await page.getByRole('button', { name: 'Propose it' }).click()
  await page.getByText('Proposed. Another person must confirm it.').waitFor()
  await at(page, '/console/revocations', 'li.panel')
  await page.getByText('Yours; another person must confirm').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Confirm', exact: true }).count(), 0)
  await leave(page)

  const other = await openAs(browser, world, people.compliance)
  await at(other, '/console/revocations', 'li.panel')
  await other.getByRole('button', { name: 'Confirm', exact: true }).click()
  await other.locator('dialog[open] .danger').click()
  await other.getByText('The verification was taken back.').waitFor()
  await leave(other)
})

test('an appeal against it says what it is against', async () => {
  await until('the restriction', async () => (await person.client.send('GET', '/account')).restrictions.includes('identity_revoked'))
  await person.client.send('POST', '/appeals', { subject_kind: 'restriction', subject: 'identity_revoked', text: 'My card is in order.' })
  // Neither of those who took it back may answer.
  const page = await openAs(browser, world, people.arbiter)
  await at(page, '/console/queue?type=appeal', 'tbody tr')
  await page.locator('tbody a').first().click()
  await page.getByRole('button', { name: /^Take/ }).waitFor()
  await press(page, 'c')
  await page.locator('blockquote').waitFor()
  const shown = await page.locator('main').innerText()
  assert.match(shown, /About a restriction:\s*Verification revoked/)
  assert.match(shown, /stands again/)
  // A view of the queue that is kept.
  await at(page, '/console/queue?type=appeal')
  await page.getByRole('button', { name: 'Save this view' }).click()
  await page.locator('dialog[open] input').fill('Appeals')
  await press(page, 'Enter')
  await at(page, '/console/queue')
  await page.getByRole('link', { name: 'Appeals', exact: true }).click()
  await page.waitForURL(/type=appeal/)
  await leave(page)
})

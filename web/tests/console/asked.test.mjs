// What staff ask of applicants, on the applicant's own pages: a further paper, a change of details that was permitted,
// and the answer to an appeal.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, leave, look, openAs } from './browser.mjs'
import { applicant, decide, decideNext, fill, reaches, specimens, staff, start, until } from './world.mjs'

let world, people, browser

before(async () => {
  world = await start()
  people = await staff(world, 'reviewer', 'colleague', 'support')
  browser = await launch()
})

after(async () => {
  await browser?.close()
  await world?.stop()
})

/** Waits for something, and tells what is there instead. */
async function sees(page, what) {
  await what.waitFor().catch(async (error) => {
    throw new Error(`${error.message}\n${await page.locator('main').innerText()}`)
  })
}

test('a further paper is asked for, sent and looked at', async () => {
  const [one] = specimens()
  const client = await applicant(world, 'papers@example.org')
  const id = await fill(client, one)
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'manual_review')
  await decideNext(people.reviewer, { verdict: 'resubmit', reasons: ['ACC_MORE_EVIDENCE'], steps: ['evidence'], remark: 'The first page of the household register: it shows the name you had.' })
  await reaches(client, id, 'resubmit')

  const page = await openAs(browser, world, { client })
  await page.goto('/')
  await page.getByRole('link', { name: 'Fix it now' }).click()
  await page.getByRole('heading', { level: 1, name: 'Further paper' }).waitFor()
  await sees(page, page.getByText('Please add', { exact: false }))
  await sees(page, page.getByText('The first page of the household register', { exact: false }))
  await look(page, 'applicant-evidence', 'en')
  await page.getByLabel('Choose a picture').setInputFiles({ name: 'paper.jpg', mimeType: 'image/jpeg', buffer: one.picture('emblem_side') })
  await page.getByRole('button', { name: 'Yes, use it' }).click()
  await page.getByRole('heading', { level: 1, name: 'Check and submit' }).waitFor()
  await page.getByRole('img', { name: 'Your picture of the paper' }).waitFor()
  await look(page, 'applicant-evidence-review', 'en')
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'In review' }).waitFor()
  await leave(page)
  // Nobody is to be handed it in what follows.
  await client.send('POST', `/applications/${id}/withdraw`)
})

test('a change of details that support permits is found on the home screen and begun', async () => {
  const [, two] = specimens()
  const client = await applicant(world, 'change@example.org')
  const id = await fill(client, two, { origin: 'live' })
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'approved', 'manual_review')
  if ((await client.send('GET', `/applications/${id}`)).status !== 'approved') {
    await decideNext(people.reviewer, { verdict: 'approve' })
    await reaches(client, id, 'approved')
  }
  const { id: account } = await until('the person', async () => {
    const own = await client.send('GET', '/account')
    return own.person && own
  })
  const page = await openAs(browser, world, { client })
  await page.goto('/account/change')
  await page.getByRole('link', { name: 'Ask support' }).waitFor()

  const opened = await people.support.client.send('POST', '/info_changes', { account, changes: ['identity', 'contact'] })
  for (const person of [people.reviewer, people.colleague]) {
    const item = await until('the change', async () => {
      const taken = await person.client.send('POST', '/cases/next', {})
      if (!taken || taken.id === opened.id) return taken
      await person.client.send('POST', `/cases/${taken.id}/release`, { token: taken.lease.token })
      return undefined
    })
    await decide(person, item, { verdict: 'approve' })
  }
  await until('the permission', async () => (await client.send('GET', '/account/changes')).application_until)

  await page.goto('/')
  await page.getByText('Your change of details is permitted').waitFor()
  await page.getByText('You may change your contact now').waitFor()
  await look(page, 'applicant-home-change', 'en')
  await page.getByRole('link', { name: 'Make the change' }).click()
  await page.getByRole('heading', { level: 1, name: 'Change identity details' }).waitFor()
  await page.getByRole('link', { name: 'Begin', exact: true }).waitFor()
  await look(page, 'applicant-change', 'en')
  await page.getByRole('link', { name: 'Begin', exact: true }).click()
  // The boxes are there with it.
  await page.getByLabel('I agree to a selfie').check()
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await page.getByRole('heading', { level: 1, name: 'Name and ID number' }).waitFor()
  const [newest] = (await client.send('GET', '/applications?limit=1')).data
  assert.equal(newest.purpose, 'info_change')

  // What holds now goes on; home and the screen of the change lead back to where it stands.
  await page.goto('/')
  await page.getByText('Until it is approved, what holds now goes on', { exact: false }).waitFor()
  await look(page, 'applicant-home-updating', 'en')
  await page.goto('/account/change')
  await page.getByRole('link', { name: 'Continue', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Name and ID number' }).waitFor()
  await page.goto('/account/privacy')
  await page.getByText(/Until \d+ years after the relationship ends/).waitFor()
  await look(page, 'applicant-privacy', 'en')
  await leave(page)
})

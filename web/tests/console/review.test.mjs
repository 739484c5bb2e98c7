// Reviewers decide real cases: with the keyboard alone, two by two, and with everything covered until they say what for.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { at, launch, leave, look, open, openAs, press, settled, signIn, tabTo } from './browser.mjs'
import { applicant, fill, reaches, specimens, staff, start } from './world.mjs'

let world, people, browser
const cast = {}

before(async () => {
  world = await start()
  people = await staff(world, 'reviewer', 'supervisor')
  const [, , three, four] = specimens()
  cast.third = three
  cast.fourth = four
  browser = await launch()
})

async function stage(name, specimen, { human = false, ...how } = {}) {
  const client = await applicant(world, `${name}@example.org`)
  const id = await fill(client, specimen, how)
  cast[name] = { client, id, specimen }
  if (human) await client.send('POST', `/applications/${id}/ask-human`, { reason: 'accessibility' })
  else await client.send('POST', `/applications/${id}/submit`)
}

after(async () => {
  await browser?.close()
  await world?.stop()
})

/** Confirms what stands in the panel, by keyboard. */
async function confirm(page) {
  await page.locator('dialog[open]').waitFor()
  await tabTo(page, 'dialog[open] .actions button')
  await press(page, 'Enter')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
}

test('keys rest while somebody types, can be changed and turned off', async () => {
  const page = await openAs(browser, world, people.reviewer)
  const asked = []
  page.on('request', (request) => request.url().endsWith('/cases/next') && asked.push(request.method()))
  await at(page, '/console/queue')
  await press(page, '?')
  await page.locator('dialog[open] kbd').first().waitFor()
  await tabTo(page, 'dialog[open] button[aria-label^="Next case"]')
  await press(page, 'Enter', 'y')
  await page.locator('dialog[open] button[aria-label^="Next case"]').getByText('y', { exact: true }).waitFor()
  await press(page, 'Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
  await press(page, 'n', 'y')
  await page.getByText('There is no case you could take now.').waitFor()
  await settled(page)
  // The old key asked for nothing.
  assert.deepEqual(asked, ['POST'])
  assert.equal(new URL(page.url()).pathname, '/console/queue')
  await press(page, '?')
  await page.locator('dialog[open] kbd').first().waitFor()
  await tabTo(page, 'dialog[open] input[type=checkbox]')
  const keys = page.locator('dialog[open] input[type=checkbox]')
  const on = await keys.isChecked()
  await press(page, 'Space')
  assert.equal(await keys.isChecked(), !on)
  await press(page, 'Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
  await press(page, '?')
  await settled(page)
  assert.equal(await page.locator('dialog[open]').count(), 0)
  await leave(page)
})

test('with the keyboard alone one is sent back for a better selfie, one is approved', async () => {
  const [one, two] = specimens()
  // The selfie is a chosen file, so a person looks.
  await stage('first', one)
  await reaches(cast.first.client, cast.first.id, 'manual_review')
  // Everything is there and live, and the person asks for a person.
  await stage('second', two, { origin: 'live', human: true })
  await reaches(cast.second.client, cast.second.id, 'manual_review')

  const page = await open(browser, world)
  await signIn(page, people.reviewer)
  await page.locator('tbody tr').first().waitFor()

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

  // Photos alone do not carry an approval, and it is said what helps.
  await press(page, 'a')
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('Next: confirm'))
  await press(page, 'Enter')
  await confirm(page)
  await page.getByText('Their face was not seen live', { exact: false }).waitFor()

  // Ask for the selfie again.
  await press(page, 'r')
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await page.keyboard.type('head turned')
  await press(page, 'ArrowDown', '1')
  assert.match(await page.locator('.letter[lang=en]').innerText(), /Hold your head straight/)
  assert.match(await page.locator('.letter[lang=zh-CN]').innerText(), /请摆正头部/)
  await press(page, 'Enter')
  await confirm(page)
  await page.getByText('Decided', { exact: true }).waitFor()
  await reaches(cast.first.client, cast.first.id, 'resubmit')

  // The next one, from where focus is.
  const reads = []
  page.on('request', (request) => request.method() === 'GET' && /\/cases\/\w+$/.test(request.url()) && reads.push(request.url()))
  await tabTo(page, 'main button.primary')
  await press(page, 'Enter')
  await page.locator('.lease').waitFor()
  await settled(page)
  assert.equal(reads.length, 1, 'one look leaves more than one row')
  await press(page, 'a')
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('Next: confirm'))
  await press(page, 'Enter')
  await confirm(page)
  await page.getByText('Decided', { exact: true }).waitFor()
  await reaches(cast.second.client, cast.second.id, 'approved')
  await leave(page)
})

test('nothing is shown before it is asked for, and two people reject without seeing what the other thinks', async () => {
  const { number, name } = cast.third
  await stage('third', cast.third)
  await reaches(cast.third.client, cast.third.id, 'manual_review')
  const client = cast.third

  const first = await openAs(browser, world, people.reviewer)
  const answers = []
  first.on('response', (response) => response.url().includes('/api/') && answers.push(response.text().catch(() => '')))
  await at(first, '/console/queue', 'tbody tr')
  await press(first, 'n')
  await first.locator('.lease').waitFor()
  // What is masked is there.
  await first.locator('td.masked').first().waitFor()
  await settled(first)
  const covered = await first.locator('main').innerText()
  assert.ok(!covered.includes(number) && !covered.includes(name), 'the page shows what is masked')
  const answered = (await Promise.all(answers)).join()
  assert.ok(answered.includes('"fields"'), 'no answer was kept')
  assert.ok(!answered.includes(number) && !answered.includes(name), 'an answer holds what is masked')
  assert.equal(await first.locator('canvas').count(), 0)
  const address = first.url()

  // In clear, for a purpose.
  const masked = async () => !(await first.locator('main').innerText()).includes(number)
  let arrive
  const late = new Promise((done) => (arrive = done))
  await first.route('**/reveal', async (route) => {
    const response = await route.fetch()
    if (route.request().postDataJSON().element === 'fields') await late
    await route.fulfill({ response })
  })
  await first.getByRole('button', { name: 'Show in clear' }).click()
  await first.locator('dialog[open] input[name=purpose]').first().waitFor()
  await press(first, 'Enter')
  await first.getByText(number).first().waitFor()
  // Somebody comes to the desk: the window loses focus. What is still on its way is not shown when it comes.
  await first.evaluate(() => dispatchEvent(new Event('blur')))
  await first.locator('td.clear').first().waitFor({ state: 'detached' })
  arrive()
  await settled(first)
  assert.ok(await masked(), 'what came late is in sight')
  await first.unroute('**/reveal')
  // Asked for again it is there, and goes again.
  await first.getByRole('button', { name: 'Show in clear' }).click()
  await first.getByText(number).first().waitFor()
  await settled(first)
  const open = await first.locator('main').innerText()
  assert.ok(open.includes(number) && open.includes(name), 'what was asked for is not shown')
  await first.evaluate(() => dispatchEvent(new Event('blur')))
  await first.locator('td.clear').first().waitFor({ state: 'detached' })
  assert.ok(await masked(), 'it stays in sight')

  // The first of two.
  await press(first, 'x')
  await first.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await first.keyboard.type('FACE_MISMATCH')
  await press(first, 'ArrowDown', '1')
  await first.locator('textarea').first().fill('The ears differ.')
  await first.locator('section.decide > div:last-of-type button').click()
  await confirm(first)
  await first.getByText(/Another colleague|another colleague|second/i).first().waitFor()
  await leave(first)
  assert.equal((await client.client.send('GET', `/applications/${client.id}`)).status, 'manual_review')

  // The second sees nothing of it.
  const second = await openAs(browser, world, people.supervisor)
  const told = []
  second.on('response', (response) => response.url().includes('/api/v1/cases') && told.push(response.text().catch(() => '')))
  await at(second, address, '.panes')
  await press(second, 'c')
  await second.locator('.lease').waitFor()
  await settled(second)
  const page = await second.locator('main').innerText()
  const answer = (await Promise.all(told)).join()
  assert.ok(answer.includes('"opinions"'), 'no answer was kept')
  assert.ok(!page.includes('ears differ') && !answer.includes('ears differ'), 'the note gives the opinion away')
  assert.ok(!/"opinions":\[\{/.test(answer), 'the opinion is told')
  await press(second, 'x')
  await second.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await second.keyboard.type('FACE_MISMATCH')
  await press(second, 'ArrowDown', '1')
  await press(second, 'Enter')
  await confirm(second)
  await reaches(client.client, client.id, 'rejected')
  await leave(second)

  // And the looks left their rows.
  const rows = await people.operator.client.send('GET', '/audit?limit=100')
  const looks = rows.data.filter((row) => row.action === 'case.reveal')
  assert.ok(looks.length >= 4, `${looks.length} rows tell of looks`)
})

/** Begins a live challenge with frames of a selfie; as soon as it asks for a movement they bear one number, as no camera's do. */
async function stutter({ client, id }, selfie) {
  const page = await openAs(browser, world, { client })
  await page.goto('/')
  await page.evaluate(
    async ({ id, selfie }) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(selfie), (letter) => letter.charCodeAt(0))]))
      const canvas = Object.assign(document.createElement('canvas'), { width: 240, height: 320 })
      const context = canvas.getContext('2d')
      // As a camera exposes it, from so near that the face fills its place.
      context.filter = 'brightness(0.9)'
      const scale = (canvas.height / image.height) * 1.6
      context.drawImage(image, (canvas.width - image.width * scale) / 2, 0, image.width * scale, image.height * scale)
      const picture = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.6))).arrayBuffer())
      const frame = (seq) => {
        const bytes = new Uint8Array(14 + picture.length)
        const head = new DataView(bytes.buffer)
        head.setUint8(0, 1)
        head.setUint32(2, seq)
        head.setBigUint64(6, BigInt(Math.round(performance.now())))
        bytes.set(picture, 14)
        return bytes
      }
      const headers = { 'X-Shiming': '1', 'Idempotency-Key': crypto.randomUUID() }
      const { ticket, socket_path, protocol } = await (await fetch(`/api/v1/applications/${id}/liveness`, { method: 'POST', headers })).json()
      const socket = new WebSocket(`ws://${location.host}${socket_path}`, protocol)
      await new Promise((open) => (socket.onopen = open))
      let seq = 0
      let step = 1
      const filming = setInterval(() => socket.send(frame((seq += step))), 200)
      await new Promise((over, lost) => {
        socket.onclose = ({ code, reason }) => lost(new Error(`closed: ${code} ${reason}`))
        socket.onmessage = ({ data }) => {
          const told = JSON.parse(data)
          if (told.type === 'step') step = 0
          if (told.type === 'result') over()
        }
        socket.send(JSON.stringify({ type: 'hello', ticket, caps: { more_time: false, vibration: false, reduced_motion: true } }))
      }).finally(() => clearInterval(filming))
      socket.close()
    },
    { id, selfie: selfie.toString('base64') },
  )
  await leave(page)
}

test('the frames of a challenge that no camera sends are there to look at', async () => {
  const specimen = cast.fourth
  const client = await applicant(world, 'fourth@example.org')
  const id = await fill(client, specimen, { pictures: ['portrait_side', 'emblem_side'] })
  await stutter({ client, id }, specimen.picture('selfie'))
  await client.send('PUT', `/applications/${id}/files/selfie?origin=live`, specimen.picture('selfie'))
  await client.send('POST', `/applications/${id}/submit`)
  await reaches(client, id, 'manual_review')

  const page = await openAs(browser, world, people.reviewer)
  await at(page, '/console/queue', 'tbody tr')
  await press(page, 'n')
  await page.locator('.lease').waitFor()
  await page.getByRole('button', { name: 'Live challenge' }).click()
  await press(page, 'v')
  await page.locator('dialog[open] input[name=purpose]').first().waitFor()
  await press(page, 'Enter')
  const frames = page.getByRole('group', { name: 'Frame at each stage' })
  await frames.waitFor()
  await page.locator('canvas').first().waitFor()
  assert.equal(await frames.getByRole('button').count(), 1)
  await page.getByText('The face is well in the picture and looks straight ahead').waitFor()
  await look(page, 'challenge', 'en')
  await leave(page)
})

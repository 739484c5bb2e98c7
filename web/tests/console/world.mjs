// A service of its own with staff, applicants and cases: what the tests of the console look at.
//
//   SHIMING_BIN       the program (default: target/release/shiming)
//   SHIMING_SPECIMENS folders with portrait_side.jpg, emblem_side.jpg, selfie.jpg and labels.json, parted by `:`
//   SHIMING_PAGES     where the pages are, if not in the program itself
//   SHIMING_CHROMIUM  the browser (default: /usr/bin/chromium)
import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')
export const CHROMIUM = process.env.SHIMING_CHROMIUM ?? '/usr/bin/chromium'
export const PASSWORD = 'tea at four, cake at five'

/** The digits of an authenticator. */
export function totp(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replace(/[\s=]/g, '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const from = mac[19] & 15
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** How long the figures of an authenticator hold, and how long somebody on a busy machine may take to hand them in. */
const STEP_MS = 30_000
const ENOUGH_MS = 8_000

/** Figures that were not used before, for a step counts once, and that hold for long enough. */
export async function freshTotp(person) {
  const step = () => Math.floor(Date.now() / STEP_MS)
  while (person.step === step() || STEP_MS - (Date.now() % STEP_MS) < ENOUGH_MS) await wait(200)
  person.step = step()
  return totp(person.secret)
}

export const wait = (ms) => new Promise((done) => setTimeout(done, ms))

/** Asks until the answer is true. */
export async function until(what, ask, seconds = 90) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(400)) {
    const answer = await ask()
    if (answer) return answer
  }
  throw new Error(`waited in vain for ${what}`)
}

let clients = 0

/** Somebody with a cookie jar, at an address of their own: a network may try so often in a minute. */
export class Client {
  cookies = new Map()
  address = `10.0.${++clients}.1`
  constructor(url) {
    this.url = url
  }
  async send(method, path, body) {
    const file = Buffer.isBuffer(body)
    const headers = { 'X-Shiming': '1', 'X-Forwarded-For': this.address, 'Idempotency-Key': randomUUID(), Cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }
    if (body !== undefined) headers['Content-Type'] = file ? 'image/jpeg' : 'application/json'
    const response = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : file ? body : JSON.stringify(body) })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      this.cookies.set(name, value)
    }
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

/**
 * The policy with the shortest time to take a decision back: nobody here does, and everybody would wait for it. Factors
 * are shown before the browser comes, and on a slow machine long before.
 */
function hasty(folder) {
  let text = readFileSync(join(ROOT, 'policies/cn_pboc.toml'), 'utf8')
  for (const [name, value] of [['undo_s', 1], ['step_up_age_max_min', 60]]) {
    const line = new RegExp(`^${name} = \\d+`, 'm')
    if (!line.test(text)) throw new Error(`the policy says no ${name}`)
    text = text.replace(line, `${name} = ${value}`)
  }
  const file = join(folder, 'policy.toml')
  writeFileSync(file, text)
  return file
}

/** Starts a service over an empty folder. */
export async function start() {
  // The keys lie beside the data.
  const folder = mkdtempSync(join(tmpdir(), 'console-'))
  const port = process.env.SHIMING_PORT ? Number(process.env.SHIMING_PORT) : await freePort()
  const program = process.env.SHIMING_BIN ?? join(ROOT, 'target/release/shiming')
  // The names of the cookies want a secure place, passkeys a name: browsers take `localhost` for both.
  const pages = process.env.SHIMING_PAGES ?? `http://localhost:${port}`
  const env = { ...process.env, SHIMING__SERVER__PUBLIC_URL: pages, SHIMING__SERVER__TRUSTED_PROXIES: '["127.0.0.1"]' }
  const child = spawn(program, ['serve', '--policy', hasty(folder), '--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const url = `http://127.0.0.1:${port}`
  const died = new Promise((_, reject) => {
    child.once('error', reject)
    // Not `exit`: by then it may have more to say.
    child.once('close', (code) => reject(new Error(`the service ended (${code})`)))
  })
  // One that ends later is for whoever asks it then.
  died.catch(() => {})
  async function stop() {
    // One that has ended says so no second time.
    if (child.pid && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await new Promise((done) => child.once('exit', done))
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const token = await Promise.race([died, until('the set-up link', () => /setup#(\S+)/.exec(said)?.[1])])
    await Promise.race([died, until('the service', () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false))])
    return { url, token, pages, stop }
  } catch (error) {
    await stop()
    throw new Error(`${error.message}\n${said}`)
  }
}

/** Signs a member of staff in for the first time and sets up the second factor. */
async function enter(world, email, role, name) {
  const client = new Client(world.url)
  await client.send('POST', '/sessions', { contact: email, password: PASSWORD, as: 'staff' })
  const { secret } = await client.send('POST', '/factors/totp?as=staff', {})
  const person = { email, role, name, secret, client }
  await client.send('POST', '/factors/totp/confirm?as=staff', { code: await freshTotp(person) })
  return person
}

const NAMES = { reviewer: 'Li Lei', colleague: 'Gao Yu', supervisor: 'Han Mei', arbiter: 'Sun Yan', support: 'Wu Di', compliance: 'Zhao Min' }
/** Roles of those who are called by something else. */
const ROLES = { arbiter: 'supervisor', colleague: 'reviewer' }

/** Those who are wanted of everybody who works here, and the operator, who invites them. */
export async function staff(world, ...wanted) {
  const administrator = { name: 'Chen Jing', email: 'chen.jing@example.org' }
  await new Client(world.url).send('POST', '/staff/setup', { token: world.token, password: PASSWORD, administrator })
  const operator = await enter(world, administrator.email, 'operator', administrator.name)
  const people = { operator }
  const join = async (as) => {
    const [name, email] = [NAMES[as], `${as}@example.org`]
    await new Client(world.url).send('POST', '/staff/setup', { token: await invite(operator, name, email, ROLES[as] ?? as), password: PASSWORD })
    people[as] = await enter(world, email, as, name)
  }
  await Promise.all(wanted.map(join))
  return people
}

/** Invites somebody; answers the token of the link. */
export async function invite(operator, name, email, role) {
  const { link } = await operator.client.send('POST', '/staff', { name, email, role })
  return link.split('#')[1]
}

/** Takes the next case and decides it; answers the case. */
export async function decideNext(person, decision) {
  const item = await until('a case', () => person.client.send('POST', '/cases/next', {}))
  return decide(person, item, decision)
}

/** Decides a case that one holds. */
export function decide(person, item, decision) {
  return person.client.send('POST', `/cases/${item.id}/decide`, { token: item.lease.token, version: item.version, ...decision })
}

/** A specimen: what is printed on its card, and its pictures. */
export function specimens() {
  const folders = (process.env.SHIMING_SPECIMENS ?? '').split(':').filter(Boolean)
  return folders.map((folder) => {
    const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'))
    const { name, number } = labels.pictures.find((picture) => picture.kind === 'resident_portrait_side').fields
    const picture = (step) => readFileSync(join(folder, `${step}.jpg`))
    return { name, number, picture }
  })
}

/** Somebody who registered. */
export async function applicant(world, email) {
  const client = new Client(world.url)
  const asked = await client.send('POST', '/accounts', { contact: email, password: 'correct horse battery staple', locale: 'en' })
  const code = await until('a code', async () => {
    const { data } = await client.send('GET', `/sandbox/outbox?to=${encodeURIComponent(email)}`)
    return data.map((letter) => /(?<!\d)\d{6}(?!\d)/.exec(letter.text)?.[0]).find(Boolean)
  })
  await client.send('POST', '/accounts/confirm', { id: asked.id, code })
  return client
}

/** Fills an application in; `origin` of the selfie is a claim, and without `live` a person looks. */
export async function fill(client, specimen, { origin, pictures = ['portrait_side', 'emblem_side', 'selfie'], name = specimen.name } = {}) {
  const { id } = await client.send('POST', '/applications', { purpose: 'first', requested_level: 1 })
  const answers = { general: 'given', id_images: 'given', face: 'given', source_query: 'given' }
  await client.send('PUT', `/applications/${id}/steps/consent`, { answers, text_version: '2026-11', locale: 'en' })
  await client.send('PUT', `/applications/${id}/steps/form`, { name, number: specimen.number })
  for (const step of pictures) {
    const file = await client.send('PUT', `/applications/${id}/files/${step}${step === 'selfie' && origin ? `?origin=${origin}` : ''}`, specimen.picture(step))
    if (!file.accepted) throw new Error(`${step}: ${JSON.stringify(file.reasons)}`)
  }
  return id
}

/** Waits until an application stands somewhere. */
export function reaches(client, id, ...states) {
  return until(states.join(' or '), async () => {
    const { status } = await client.send('GET', `/applications/${id}`)
    return states.includes(status) && status
  })
}

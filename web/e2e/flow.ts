/** Leads somebody through the pages as a person would: by what is written on the screen. */
import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import type { Eyes, Service, Specimen } from './service'

type Texts = Record<string, string>
export const PASSWORD = 'correct horse battery staple'
const anybody = () => `ui-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.org`

export function texts(locale: 'zh-CN' | 'en'): Texts {
  const read = (area: string) => JSON.parse(readFileSync(`src/locales/${locale}/${area}.json`, 'utf8')) as Texts
  return { ...read('shared'), ...read('apply'), ...read('verify'), ...read('account') }
}

/** Looks at each screen as it is reached: accessibility, screenshots. */
export type Look = (name: string) => Promise<void>

export class Walker {
  constructor(
    readonly page: Page,
    readonly service: Service,
    readonly text: Texts,
    readonly look: Look = async () => {},
  ) {}

  /** A button or link with this text. */
  async press(key: string): Promise<void> {
    const name = this.text[key]!
    await this.page.getByRole('button', { name, exact: true }).or(this.page.getByRole('link', { name, exact: true })).first().click()
  }

  async heading(key: string): Promise<void> {
    await this.sees(this.page.getByRole('heading', { level: 1, name: this.text[key]!, exact: true }))
  }

  /** Waits for something, and tells what is there instead. */
  async sees(what: Locator): Promise<void> {
    try {
      await what.waitFor()
    } catch (error) {
      throw new Error(`${String(error)}\non the screen at ${this.page.url()}:\n${await this.page.locator('main').innerText()}`)
    }
  }

  async register(): Promise<string> {
    const contact = anybody()
    await this.page.goto(this.service.url)
    await this.heading('welcome.title')
    await this.look('welcome')
    await this.press('welcome.register')
    await this.heading('register.title')
    await this.look('register')
    await this.page.getByLabel(this.text['contact.label']!).fill(contact)
    await this.page.getByLabel(this.text['password.new']!).fill(PASSWORD)
    await this.press('register.submit')
    await this.heading('code.title')
    await this.look('code')
    await this.page.getByLabel(this.text['code.label']!).fill(await this.service.code(contact))
    await this.press('register.confirm')
    await this.heading('home.title')
    return contact
  }

  async consent(face: 'given' | 'refused' = 'given'): Promise<void> {
    await this.heading('consent.title')
    await this.look('consent')
    for (const name of ['general', 'id_images', 'source_query']) await this.page.getByLabel(this.text[`consent.${name}`]!).check()
    await this.page.getByLabel(this.text[`consent.face_${face}`]!).check()
    await this.press('consent.submit')
  }

  async form(specimen: Specimen): Promise<void> {
    await this.heading('form.title')
    await this.look('form')
    await this.page.getByLabel(this.text['form.name']!).fill(specimen.name)
    await this.page.getByLabel(this.text['form.number']!).fill(specimen.number)
    await this.press('form.submit')
  }

  /** Registers and fills everything in that comes before the pictures. */
  async begun(specimen: Specimen): Promise<void> {
    await this.register()
    await this.press('home.begin')
    await this.consent()
    await this.form(specimen)
  }

  /** The same without the screens, for tests of what comes after them. */
  async prepared({ name, number }: Specimen): Promise<void> {
    const contact = anybody()
    await this.page.goto(this.service.url)
    const call = <T>(method: string, path: string, body: object) =>
      this.page.evaluate(
        async ({ method, path, body }) => {
          const headers = { 'Content-Type': 'application/json', 'X-Shiming': '1', 'Idempotency-Key': crypto.randomUUID() }
          const response = await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
          if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
          return (await response.json()) as unknown
        },
        { method, path, body },
      ) as Promise<T>
    const locale = await this.page.evaluate(() => document.documentElement.lang)
    const { id } = await call<{ id: string }>('POST', '/accounts', { contact, password: PASSWORD, locale })
    await call('POST', '/accounts/confirm', { id, code: await this.service.code(contact) })
    const application = await call<{ id: string }>('POST', '/applications', { purpose: 'first', requested_level: 1 })
    const { data } = (await (await fetch(`${this.service.url}/api/v1/consents`)).json()) as { data: { kind: string; text_version: string }[] }
    const answers = Object.fromEntries(data.map(({ kind }) => [kind, 'given']))
    await call('PUT', `/applications/${application.id}/steps/consent`, { answers, text_version: data[0]!.text_version, locale })
    await call('PUT', `/applications/${application.id}/steps/form`, { name, number })
    await this.page.goto(`${this.service.url}/verify/portrait_side`)
  }

  /** The whole way, with nothing in it: from registration to approved. */
  async approved(eyes: Eyes, specimen: Specimen): Promise<void> {
    await this.begun(specimen)
    for (const step of ['portrait_side', 'emblem_side', 'selfie']) await this.shoot(eyes, step)
    await this.heading('review.title')
    await this.press('review.submit')
    await this.heading('status.approved')
  }

  /** Chooses a file instead. */
  async choose(step: string, file: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
    await this.heading(`picture.title_${step}`)
    await this.page.getByLabel(this.text['picture.choose']!).setInputFiles(file)
    await this.press('picture.use')
  }

  /** Takes the picture of a step with the live camera, which sees this scene. */
  async shoot(eyes: Eyes, step: string, scene: string = step): Promise<void> {
    await this.heading(`picture.title_${step}`)
    await this.look(step)
    eyes.show(scene)
    await this.press('picture.open')
    // A card that lies well takes itself; a face is taken by hand.
    const use = this.page.getByRole('button', { name: this.text['picture.use']!, exact: true })
    const shutter = this.page.getByRole('button', { name: this.text['camera.shutter']!, exact: true })
    if (step === 'selfie') {
      await this.sees(this.page.getByText(this.text['hint.face_good']!))
      await this.look(`${step}-camera`)
      await shutter.click()
    }
    await this.sees(use)
    await this.look(`${step}-check`)
    await use.click()
  }
}

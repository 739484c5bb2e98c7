/** The real program as a sandbox, the specimen it verifies, and a browser whose camera shows what we like. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { inject } from 'vitest'

/** How long a page is waited for; the machine may be busy with much else, and what is slow is no fault here. */
const PATIENCE_MS = 90_000
/** How long a message is waited for, which a job sends. */
const OUTBOX_MS = 60_000

export const set = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; run: cargo xtask ui`)
  return value
}

export interface Specimen {
  name: string
  number: string
  /** The picture of a step. */
  file(step: string): string
  /** Corners of the card in it, clockwise from its top left; none of a selfie. */
  corners(step: string): [number, number][] | null
}

interface Picture {
  file: string
  kind: string
  corners: [number, number][] | null
  fields: { name?: string; number?: string }
}

/** What each step shows. */
export const KINDS: Record<string, string> = {
  portrait_side: 'resident_portrait_side',
  emblem_side: 'resident_emblem_side',
  selfie: 'face_photo',
}

/** What the painter painted. */
export function specimen(): Specimen {
  const folder = set('SHIMING_SPECIMENS').split(delimiter)[0]!
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as { pictures: Picture[] }
  const picture = (step: string) => labels.pictures.find((one) => one.kind === KINDS[step])!
  const { name = '', number = '' } = picture('portrait_side').fields
  return { name, number, file: (step) => join(folder, picture(step).file), corners: (step) => picture(step).corners }
}

export class Service {
  private constructor(
    readonly url: string,
    /** The one-time link that the first start prints: whoever has it becomes the first operator. */
    readonly setUpLink: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** With settings of its own: `server.public_url=…`. */
  static async start(...settings: string[]): Promise<Service> {
    const folder = mkdtempSync(join(tmpdir(), 'shiming-ui-'))
    const options = ['--listen', '127.0.0.1:0', '--policy', 'generic', '--data', join(folder, 'data')]
    const child = spawn(set('SHIMING_BIN'), ['serve', ...options, ...settings.map((setting) => `--set=${setting}`)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [said, told] = ['', '']
    child.stderr?.on('data', (part: Buffer) => (told += part))
    const [url, link] = await new Promise<[string, string]>((resolve, reject) => {
      child.stdout?.on('data', (part: Buffer) => {
        said += part
        const [url, link] = [/listening on (\S+)\s/, /once: (\S+)\s/].map((words) => words.exec(said)?.[1])
        // `localhost` is a secure context and may hold `__Host-` cookies without a certificate.
        if (url && link) resolve([url.replace('127.0.0.1', 'localhost'), link])
      })
      child.once('error', reject)
      // Not `exit`: by then it may have more to say.
      child.once('close', (code) => reject(new Error(`the service ended (${code}): ${told.slice(-2000)}`)))
    })
    return new Service(url, link, child, folder)
  }

  async stop(): Promise<void> {
    // One that has ended says so no second time.
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve))
      this.child.kill('SIGTERM')
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The newest six figures that the sandbox "sent" to somebody. */
  async code(contact: string): Promise<string> {
    for (const end = Date.now() + OUTBOX_MS; Date.now() < end; ) {
      const outbox = (await (await fetch(`${this.url}/api/v1/sandbox/outbox?to=${encodeURIComponent(contact)}`)).json()) as { data: { text: string; id: string }[] }
      for (const item of outbox.data) {
        const found = /(?<!\d)\d{6}(?!\d)/.exec(item.text)
        if (found && !this.seen.has(item.id)) {
          this.seen.add(item.id)
          return found[0]
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error(`no code was sent to ${contact}`)
  }
  private readonly seen = new Set<string>()
}

/** What a camera can be made to see; see films.ts. */
export const SCENES = [...Object.keys(KINDS), 'close', 'stranger'] as const

/** A browser and the file its camera plays; whoever opens the camera anew sees what the file holds then. */
export class Eyes {
  private constructor(
    readonly browser: Browser,
    private readonly film: string,
    private readonly films: Map<string, string>,
    private readonly folder: string,
  ) {}

  static async open(...flags: string[]): Promise<Eyes> {
    const folder = mkdtempSync(join(tmpdir(), 'shiming-film-'))
    const film = join(folder, 'film.mjpeg')
    const films = new Map(SCENES.map((scene) => [scene, join(inject('films'), `${scene}.mjpeg`)]))
    copyFileSync(films.get('portrait_side')!, film)
    const camera = [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ]
    return new Eyes(await launch([...camera, ...flags]), film, films, folder)
  }

  /** From the next opening on the camera shows this. */
  show(scene: string): void {
    // In its place, not over it: a camera that is just being closed still reads the old one.
    copyFileSync(this.films.get(scene)!, `${this.film}.next`)
    renameSync(`${this.film}.next`, this.film)
  }

  async close(): Promise<void> {
    await this.browser.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function launch(flags: string[] = []): Promise<Browser> {
  // The sandbox of the browser itself cannot run as root or in most containers.
  return chromium.launch({ executablePath: set('SHIMING_CHROMIUM'), args: ['--no-sandbox', '--disable-gpu', ...flags] })
}

export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
export const DESKTOP = { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 }

export async function context(browser: Browser, locale: string, screen: object = PHONE, colorScheme: 'light' | 'dark' = 'light'): Promise<BrowserContext> {
  const made = await browser.newContext({ locale, colorScheme, reducedMotion: 'reduce', ...screen })
  made.setDefaultTimeout(PATIENCE_MS)
  return made
}

/** The real program as a sandbox, the specimen it verifies, and a browser whose camera shows what we like. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const set = (name: string): string => {
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

const KINDS: Record<string, string> = {
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
    let told = ''
    child.stderr?.on('data', (part: Buffer) => (told += part))
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (part: Buffer) => {
        const found = /listening on (\S+)/.exec(String(part))?.[1]
        // `localhost` is a secure context and may hold `__Host-` cookies without a certificate.
        if (found) resolve(found.replace('127.0.0.1', 'localhost'))
      })
      child.once('exit', (code) => reject(new Error(`the service ended (${code}): ${told.slice(-2000)}`)))
    })
    return new Service(url, child, folder)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGTERM')
    await ended
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The newest six figures that the sandbox "sent". */
  async code(): Promise<string> {
    for (let round = 0; round < 50; round++) {
      const outbox = (await (await fetch(`${this.url}/api/v1/sandbox/outbox`)).json()) as { data: { text: string; id: string }[] }
      for (const item of outbox.data) {
        const found = /(?<!\d)\d{6}(?!\d)/.exec(item.text)
        if (found && !this.seen.has(item.id)) {
          this.seen.add(item.id)
          return found[0]
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('no code was sent')
  }
  private readonly seen = new Set<string>()
}

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
    const films = await develop(folder)
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

export function context(browser: Browser, locale: string, screen: object = PHONE, colorScheme: 'light' | 'dark' = 'light'): Promise<BrowserContext> {
  return browser.newContext({ locale, colorScheme, reducedMotion: 'reduce', ...screen })
}

/** Films of the specimen: the card fills the guide of the stage (4:3), the face the oval (3:4), and once more from
 *  nearer by. And a stranger's face. */
async function develop(folder: string): Promise<Map<string, string>> {
  const shown = specimen()
  const scenes = Object.keys(KINDS).map((step) => [step, shown.file(step), shown.corners(step), 0.9, 1] as const)
  const close = ['close', shown.file('selfie'), null, 0.9, 1.6] as const
  // An old portrait before a dark ground wants more light.
  const stranger = ['stranger', set('SHIMING_STRANGER'), null, 1.5, 1] as const
  const browser = await launch()
  const films = new Map<string, string>()
  try {
    const page = await browser.newPage()
    for (const [name, file, corners, light, nearness] of [...scenes, close, stranger]) {
      const jpeg = await still(page, readFileSync(file).toString('base64'), corners, light, nearness)
      const frame = Buffer.from(jpeg, 'base64')
      const film = join(folder, `${name}.mjpeg`)
      writeFileSync(film, Buffer.concat([frame, frame, frame, frame]))
      films.set(name, film)
    }
  } finally {
    await browser.close()
  }
  return films
}

/** One frame, 1920 × 1440: a camera held square above the card. */
async function still(page: Page, picture: string, corners: [number, number][] | null, light: number, nearness: number): Promise<string> {
  return page.evaluate(
    async ({ picture, corners, light, nearness }) => {
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }))
      const canvas = document.createElement('canvas')
      canvas.width = 1920
      canvas.height = 1440
      const context = canvas.getContext('2d')!
      // A camera exposes for the card; the painter's white is as white as paper can be.
      context.filter = `brightness(${light})`
      if (corners) {
        // As from square above: the card's corners lie on those of the guide.
        const source = document.createElement('canvas')
        const half = 0.5
        source.width = image.width * half
        source.height = image.height * half
        const reading = source.getContext('2d')!
        reading.filter = context.filter
        reading.drawImage(image, 0, 0, source.width, source.height)
        const from = reading.getImageData(0, 0, source.width, source.height)
        const [w, h] = [canvas.width * 0.756, (canvas.width * 0.756 * 202) / 320]
        const [x, y] = [(canvas.width - w) / 2, (canvas.height - h) / 2]
        const guide = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]] as const
        // The eight numbers of the projection that takes the guide to the card.
        const rows = guide.flatMap(([gx, gy], index) => {
          const [px, py] = [corners[index]![0] * half, corners[index]![1] * half]
          return [
            [gx, gy, 1, 0, 0, 0, -gx * px, -gy * px, px],
            [0, 0, 0, gx, gy, 1, -gx * py, -gy * py, py],
          ]
        })
        for (let column = 0; column < 8; column++) {
          const pivot = rows.slice(column).reduce((best, row) => (Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best))
          rows.splice(rows.indexOf(pivot), 1)
          rows.splice(column, 0, pivot)
          for (const row of rows) {
            if (row === pivot) continue
            const factor = row[column]! / pivot[column]!
            for (let at = column; at < 9; at++) row[at]! -= factor * pivot[at]!
          }
        }
        const m = rows.map((row, index) => row[8]! / row[index]!)
        const into = context.createImageData(canvas.width, canvas.height)
        for (let ty = 0, at = 0; ty < canvas.height; ty++) {
          for (let tx = 0; tx < canvas.width; tx++, at += 4) {
            const scale = m[6]! * tx + m[7]! * ty + 1
            const sx = Math.min(from.width - 2, Math.max(0, (m[0]! * tx + m[1]! * ty + m[2]!) / scale))
            const sy = Math.min(from.height - 2, Math.max(0, (m[3]! * tx + m[4]! * ty + m[5]!) / scale))
            const [ix, iy] = [Math.floor(sx), Math.floor(sy)]
            const [fx, fy] = [sx - ix, sy - iy]
            const first = (iy * from.width + ix) * 4
            for (let colour = 0; colour < 3; colour++) {
              const value = (offset: number) => from.data[first + offset + colour]!
              const top = value(0) * (1 - fx) + value(4) * fx
              const below = value(from.width * 4) * (1 - fx) + value(from.width * 4 + 4) * fx
              into.data[at + colour] = top * (1 - fy) + below * fy
            }
            into.data[at + 3] = 255
          }
        }
        context.putImageData(into, 0, 0)
      } else {
        // A camera lies on its side, so that the selfie's 3:4 is the middle of the frame.
        const scale = (canvas.height / image.height) * nearness
        // The face is in the upper half of the picture.
        context.drawImage(image, (canvas.width - image.width * scale) / 2, 0, image.width * scale, image.height * scale)
      }
      return canvas.toDataURL('image/jpeg', 0.95).split(',')[1]!
    },
    { picture, corners, light, nearness },
  )
}

/** The camera says no, or says yes and shows nothing: each has its own words and another way to go on. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
import { context, Eyes, launch, Service, specimen } from './service'

const FAKE_CAMERA = '--use-fake-device-for-media-stream'
/** What they may see of a camera is said when they start. */
const BROWSERS = {
  none: [],
  denied: [FAKE_CAMERA, '--deny-permission-prompts'],
  granted: [FAKE_CAMERA, '--use-fake-ui-for-media-stream'],
} as const

let service: Service
const browsers = new Map<keyof typeof BROWSERS, Browser>()
beforeAll(async () => {
  service = await Service.start()
})
afterAll(async () => {
  for (const browser of browsers.values()) await browser.close()
  await service?.stop()
})

async function browser(kind: keyof typeof BROWSERS): Promise<Browser> {
  const opened = browsers.get(kind) ?? (await launch([...BROWSERS[kind]]))
  browsers.set(kind, opened)
  return opened
}

/** Takes the place of the browser's own; runs in the page. */
const CAMERAS = {
  own: () => {},
  busy: () => {
    const getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))
    Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia } })
  },
  absent: () => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }),
  /** Granted, and not one bright point. */
  black: () => {
    const opened: string[] = []
    Object.assign(window, { opened })
    const getUserMedia = () => {
      opened.push('camera')
      const canvas = document.createElement('canvas')
      canvas.getContext('2d')!.fillRect(0, 0, canvas.width, canvas.height)
      return Promise.resolve(canvas.captureStream(10))
    }
    Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia } })
  },
  /** Settles when told to: the prompt is open. */
  waiting: () => {
    const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    const answered = new Promise<void>((resolve) => Object.assign(window, { answer: resolve }))
    navigator.mediaDevices.getUserMedia = (wanted) => answered.then(() => own(wanted))
  },
  /** Knows no width. */
  overconstrained: () => {
    const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = (wanted) =>
      wanted?.video === true ? own(wanted) : Promise.reject(new DOMException('', 'OverconstrainedError'))
  },
}

/** Whether somebody has come the whole way before. */
let walked = false

/** Somebody before the portrait side, with this camera. */
async function before(camera: keyof typeof CAMERAS, kind: keyof typeof BROWSERS) {
  const pages = await context(await browser(kind), 'en')
  const page = await pages.newPage()
  await page.addInitScript(CAMERAS[camera])
  const walker = new Walker(page, service, texts('en'))
  await (walked ? walker.prepared(specimen()) : walker.begun(specimen()))
  walked = true
  await walker.heading('picture.title_portrait_side')
  await walker.press('picture.open')
  return { pages, page, walker }
}

/** The same place in another language. */
async function reread(page: Page, locale: 'zh-CN' | 'en'): Promise<Walker> {
  await page.evaluate((locale) => localStorage.setItem('shiming.locale', locale), locale)
  await page.reload()
  const walker = new Walker(page, service, texts(locale))
  await walker.heading('picture.title_portrait_side')
  return walker
}

it.each([
  ['blocked.no_camera', 'own', 'none'],
  ['blocked.denied', 'own', 'denied'],
  ['blocked.busy', 'busy', 'none'],
  ['blocked.insecure', 'absent', 'none'],
  ['blocked.black', 'black', 'none'],
] as const)('%s is said, and a chosen picture goes on', async (key, camera, kind) => {
  const { pages, page, walker } = await before(camera, kind)
  await page.getByText(walker.text[key]!).waitFor()
  if (camera === 'black') {
    // Opened anew once by itself before anybody is troubled.
    expect(await page.evaluate(() => (window as unknown as { opened: string[] }).opened.length)).toBe(2)
  }
  const seen: Seen = { screens: new Set(), faults: [] }
  await looker(page, 'en', seen)(key.replace('.', '-'))
  const chinese = await reread(page, 'zh-CN')
  await chinese.press('picture.open')
  await chinese.sees(page.getByText(chinese.text[key]!))
  await looker(page, 'zh-CN', seen)(key.replace('.', '-'))
  await reread(page, 'en')
  await walker.choose('portrait_side', specimen().file('portrait_side'))
  await walker.heading('picture.title_emblem_side')
  expect(seen.faults).toEqual([])
  await pages.close()
})

it('points at the permission prompt, and uses the camera when it comes late', async () => {
  const { pages, page, walker } = await before('waiting', 'granted')
  await page.getByText(walker.text['camera.slow']!).waitFor()
  await page.evaluate(() => (window as unknown as { answer: () => void }).answer())
  await page.getByRole('button', { name: walker.text['camera.shutter']!, exact: true, disabled: false }).waitFor()
  await pages.close()
})

it('asks for any camera where the wanted one cannot be had', async () => {
  const { pages, page, walker } = await before('overconstrained', 'granted')
  await page.getByRole('button', { name: walker.text['camera.shutter']!, exact: true, disabled: false }).waitFor()
  await pages.close()
})

it('is let go when the step ends, and opens again for the next', async () => {
  const eyes = await Eyes.open()
  const page = await (await context(eyes.browser, 'zh-CN')).newPage()
  await page.addInitScript(() => {
    const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    const tracks: MediaStreamTrack[] = []
    Object.assign(window, { tracks })
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await own(wanted)
      tracks.push(...stream.getTracks())
      return stream
    }
  })
  const walker = new Walker(page, service, texts('zh-CN'))
  await walker.prepared(specimen())
  await walker.shoot(eyes, 'portrait_side')
  await walker.heading('picture.title_emblem_side')
  const states = () => page.evaluate(() => (window as unknown as { tracks: MediaStreamTrack[] }).tracks.map((track) => track.readyState))
  expect(await states()).toEqual(['ended'])
  await walker.shoot(eyes, 'emblem_side')
  await walker.heading('picture.title_selfie')
  expect(await states()).toEqual(['ended', 'ended'])
  await eyes.close()
})

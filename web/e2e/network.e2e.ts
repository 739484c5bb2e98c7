/** A bad network and a killed tab in mid-upload: it goes on by itself, and nobody takes a second photo. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { looker, type Seen } from './look'
import { context, launch, Service, specimen } from './service'

let service: Service
let browser: Browser
beforeAll(async () => {
  service = await Service.start()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

let pages: BrowserContext
let page: Page
let walker: Walker
/** Whether somebody has come the whole way before. */
let walked = false
beforeEach(async () => {
  pages = await context(browser, 'en')
  page = await pages.newPage()
  walker = new Walker(page, service, texts('en'))
  await (walked ? walker.prepared(specimen()) : walker.begun(specimen()))
  walked = true
  await walker.heading('picture.title_portrait_side')
  return () => pages.close()
})

/** What lies in the stash, as somebody with the browser's tools sees it. */
const stashed = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<{ extractable: boolean; begins: number[] }[]>((resolve, reject) => {
        const opening = indexedDB.open('shiming', 1)
        opening.onerror = () => reject(opening.error)
        opening.onupgradeneeded = () => opening.transaction!.abort()
        opening.onsuccess = () => {
          const asked = opening.result.transaction('pictures').objectStore('pictures').getAll()
          asked.onsuccess = () => {
            opening.result.close()
            resolve(asked.result.map((row) => ({ extractable: row.key.extractable, begins: [...new Uint8Array(row.sealed.slice(0, 3))] })))
          }
        }
      }),
  )

it('waits while offline in mid-upload and goes on by itself', async () => {
  // 40 kB/s: an upload of several seconds.
  const wire = await pages.newCDPSession(page)
  await wire.send('Network.enable')
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 50, downloadThroughput: -1, uploadThroughput: 40_000 })
  await walker.choose('portrait_side', specimen().file('portrait_side'))
  const sent = page.getByRole('progressbar')
  await expect.poll(async () => Number(await sent.getAttribute('value'))).toBeGreaterThan(0)
  await wire.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
  await page.getByRole('status').getByText(walker.text['picture.offline']!).waitFor()
  const seen: Seen = { screens: new Set(), faults: [] }
  await looker(page, 'en', seen)('upload-offline')
  expect(seen.faults).toEqual([])
  await expect.poll(() => stashed(page)).toHaveLength(1)
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
  await walker.heading('picture.title_emblem_side')
  await expect.poll(() => stashed(page)).toEqual([])
})

it('says what is wrong once it has given up, and sends the same picture on a tap', async () => {
  await page.route('**/files/*', (route) => route.fulfill({ status: 500 }))
  await walker.choose('portrait_side', specimen().file('portrait_side'))
  await walker.sees(page.getByRole('alert'))
  const seen: Seen = { screens: new Set(), faults: [] }
  await looker(page, 'en', seen)('upload-failed')
  await page.unroute('**/files/*')
  await walker.press('picture.resend')
  await walker.heading('picture.title_emblem_side')
  expect(seen.faults).toEqual([])
})

it('tries again when the service is busy', async () => {
  let [asked, refused] = [0, 0]
  let seen = false
  // At least twice, and until somebody has read it.
  await page.route('**/files/*', (route) => {
    if (++asked > 2 && seen) return route.continue()
    refused++
    return route.fulfill({ status: 503, headers: { 'Retry-After': '1' } })
  })
  await walker.choose('portrait_side', specimen().file('portrait_side'))
  await page.getByRole('status').getByText(walker.text['picture.busy']!).waitFor()
  seen = true
  await walker.heading('picture.title_emblem_side')
  expect(asked).toBe(refused + 1)
})

it.each(['reload', 'killed tab'] as const)('a %s in mid-upload costs no second photo', async (how) => {
  // The first one never gets through.
  let held = 0
  await page.route('**/files/*', () => void held++)
  await walker.choose('portrait_side', specimen().file('portrait_side'))
  await expect.poll(() => held).toBe(1)
  await expect.poll(() => stashed(page)).toHaveLength(1)
  const [row] = await stashed(page)
  expect(row!.extractable).toBe(false)
  expect(row!.begins).not.toEqual([0xff, 0xd8, 0xff])
  await page.unroute('**/files/*')
  if (how === 'reload') {
    await page.reload()
  } else {
    await page.close()
    page = await pages.newPage()
    walker = new Walker(page, service, texts('en'))
    await page.goto(`${service.url}/verify/portrait_side`)
  }
  // Sent by itself: nobody pressed anything.
  await walker.heading('picture.title_emblem_side')
  await expect.poll(() => stashed(page)).toEqual([])
})

it('a reload before the picture was confirmed asks for that again', async () => {
  await page.getByLabel(walker.text['picture.choose']!).setInputFiles(specimen().file('portrait_side'))
  await page.getByRole('button', { name: walker.text['picture.use']!, exact: true }).waitFor()
  await expect.poll(() => stashed(page)).toHaveLength(1)
  await page.reload()
  await walker.press('picture.use')
  await walker.heading('picture.title_emblem_side')
})

it('forgets the picture when its owner leaves the step', async () => {
  await page.getByLabel(walker.text['picture.choose']!).setInputFiles(specimen().file('portrait_side'))
  await page.getByRole('button', { name: walker.text['picture.use']!, exact: true }).waitFor()
  await expect.poll(() => stashed(page)).toHaveLength(1)
  await walker.press('stage.later')
  await walker.heading('home.title')
  await expect.poll(() => stashed(page)).toEqual([])
})

it('takes nobody for signed out whom it could not ask about', async () => {
  const place = page.url()
  await page.route('**/api/v1/account', (route) => route.abort())
  await page.reload()
  await page.getByRole('button', { name: walker.text['retry']!, exact: true }).waitFor()
  expect(page.url()).toBe(place)
  await page.unroute('**/api/v1/account')
  await walker.press('retry')
  await walker.heading('picture.title_portrait_side')
})

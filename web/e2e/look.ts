/** Looks at a screen as it stands: WCAG 2.2 AA in both themes, nothing wider than a small phone, and on request a
 *  picture for human eyes. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import type { Page, Request } from 'playwright-core'
import type { Look } from './flow'
import { DESKTOP, PHONE } from './service'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const FOLDER = process.env.SHIMING_SCREENSHOTS

export interface Seen {
  /** Screens that were looked at. */
  screens: Set<string>
  /** What is wrong with them. */
  faults: string[]
}

const SETTLES_MS = 90_000

/**
 * From now on counts what a page asks for. What it answers waits until all of that is there and what was drawn from it
 * asked for nothing more: sooner than a network that is idle for half a second, and on a slow machine later.
 */
export function settling(page: Page): () => Promise<void> {
  const open = new Set<Request>()
  page.on('request', (request) => {
    // Another document; nobody says what became of that which the one before still waited for.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) open.clear()
    open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  return async () => {
    const end = Date.now() + SETTLES_MS
    for (let calm = 0; calm < 2; ) {
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
      const waiting = await page.locator('.waiting').count()
      calm = open.size === 0 && waiting === 0 ? calm + 1 : 0
      if (Date.now() > end) throw new Error(`${page.url()} does not settle: ${[...open].map((request) => request.url()).join(' ')}`)
    }
  }
}

/** Faults of what stands on the page; `moved` if something came or went while they were looked for, as the answer of a
 *  slow machine may: axe takes what it had not seen when it began for text without a ground. */
async function judge(page: Page, runOnly: axe.RunOnly): Promise<{ violations: axe.Result[]; moved: boolean }> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
  return page.evaluate(async (runOnly) => {
    // The new colours are there with the frame after the next, those that fade into each other later.
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    await Promise.allSettled(fading.map((animation) => animation.finished))
    let moved = false
    const watch = new MutationObserver(() => (moved = true))
    watch.observe(document.body, { childList: true, subtree: true })
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly, resultTypes: ['violations'] })
    moved ||= watch.takeRecords().length > 0
    watch.disconnect()
    return { violations, moved }
  }, runOnly)
}

export function looker(page: Page, locale: string, seen: Seen): Look {
  const settled = settling(page)
  const stands = async (runOnly: axe.RunOnly) => {
    for (const end = Date.now() + SETTLES_MS; Date.now() < end; ) {
      await settled()
      const { violations, moved } = await judge(page, runOnly)
      if (!moved) return violations
    }
    throw new Error(`${page.url()} does not stand still`)
  }
  return async (name) => {
    seen.screens.add(name)
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      // The themes differ in colours only.
      const found = await stands(theme === 'light' ? { type: 'tag', values: TAGS } : { type: 'rule', values: ['color-contrast'] })
      for (const { id, nodes } of found) {
        seen.faults.push(`${name} ${locale} ${theme}: ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
      }
      if (FOLDER) {
        mkdirSync(FOLDER, { recursive: true })
        for (const [screen, size] of Object.entries({ phone: PHONE.viewport, desktop: DESKTOP.viewport })) {
          await page.setViewportSize(size)
          await page.screenshot({ path: join(FOLDER, `${name}-${screen}-${locale}-${theme}.png`), fullPage: true })
        }
        await page.setViewportSize(PHONE.viewport)
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
    const narrow = { width: 320, height: 640 }
    await page.setViewportSize(narrow)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    if (wide > narrow.width) seen.faults.push(`${name} ${locale}: ${wide} px wide on a screen of ${narrow.width}`)
    await page.setViewportSize(PHONE.viewport)
  }
}

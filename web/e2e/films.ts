/** Films for the cameras of all tests, painted once before the first of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { KINDS, launch, set, specimen } from './service'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the films, `<scene>.mjpeg`. */
    films: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'shiming-films-'))
  const clear = () => rmSync(folder, { recursive: true, force: true })
  await develop(folder).catch((error: unknown) => {
    clear()
    throw error
  })
  provide('films', folder)
  return clear
}

/** Films of the specimen: the card fills the guide of the stage (4:3), the face the oval (3:4), and once more from
 *  nearer by. And a stranger's face. */
async function develop(folder: string): Promise<void> {
  const shown = specimen()
  const scenes = Object.keys(KINDS).map((step) => [step, shown.file(step), shown.corners(step), 0.9, 1] as const)
  const close = ['close', shown.file('selfie'), null, 0.9, 1.6] as const
  // Half as much light again, and the service calls it overexposed.
  const stranger = ['stranger', set('SHIMING_STRANGER'), null, 1, 1] as const
  const browser = await launch()
  try {
    const page = await browser.newPage()
    for (const [name, file, corners, light, nearness] of [...scenes, close, stranger]) {
      const jpeg = await still(page, readFileSync(file).toString('base64'), corners, light, nearness)
      const frame = Buffer.from(jpeg, 'base64')
      writeFileSync(join(folder, `${name}.mjpeg`), Buffer.concat([frame, frame, frame, frame]))
    }
  } finally {
    await browser.close()
  }
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

/** The camera: opening it, reading frames, taking a still, letting it go. Knows nothing of the page. */
import type { Blocked } from './machine'
import { luma, PLANE } from './quality'

export type Facing = 'environment' | 'user'

/** What of a frame is shown: the middle, in the stage's proportions. */
export interface Cut {
  x: number
  y: number
  width: number
  height: number
}

/** The middle of a frame with these proportions. */
export function middle(width: number, height: number, proportion: number): Cut {
  const wide = Math.min(width, height * proportion)
  const high = wide / proportion
  return { x: (width - wide) / 2, y: (height - high) / 2, width: wide, height: high }
}

/** The stream, or why there is none. Called within a tap, once. */
export async function open(facing: Facing): Promise<MediaStream | Blocked> {
  if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) return 'insecure'
  // Width only: with both sides given, phones turn the picture or zoom in.
  const video: MediaTrackConstraints = { facingMode: { ideal: facing }, width: { ideal: facing === 'user' ? 1280 : 1920 } }
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false })
  } catch (error) {
    if (nameOf(error) !== 'OverconstrainedError') return why(error)
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: true, audio: false })
  } catch (error) {
    return nameOf(error) === 'OverconstrainedError' ? 'busy' : why(error)
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

/** Each failure has its own words; "no camera" must not send people into the settings. */
export function why(error: unknown): Blocked {
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return 'no_camera'
    case 'AbortError':
      return 'interrupted'
    default:
      return 'busy'
  }
}

export function close(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

/** Reads the plane that is measured: the middle of what is shown, 90 % of it. */
export function reader(proportion: number): (video: HTMLVideoElement) => Uint8Array | undefined {
  const canvas = document.createElement('canvas')
  canvas.width = PLANE.width
  canvas.height = PLANE.height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (video) => {
    if (!context || video.videoWidth === 0) return undefined
    const shown = middle(video.videoWidth, video.videoHeight, proportion)
    const part = middle(shown.width * 0.9, shown.height * 0.9, PLANE.width / PLANE.height)
    const x = shown.x + (shown.width - part.width) / 2
    const y = shown.y + (shown.height - part.height) / 2
    context.drawImage(video, x, y, part.width, part.height, 0, 0, PLANE.width, PLANE.height)
    const plane = new Uint8Array(PLANE.width * PLANE.height)
    luma(context.getImageData(0, 0, PLANE.width, PLANE.height).data, plane)
    return plane
  }
}

/** Longest edge and weight of what is sent. */
export const STILL = {
  card: { edge_max: 2160, bytes_max: 900_000 },
  selfie: { edge_max: 1440, bytes_max: 500_000 },
} as const
export type Still = (typeof STILL)[keyof typeof STILL]

/** Copies what is shown, so that the best of a second can be chosen and packed later. */
export function grab(video: HTMLVideoElement, proportion: number, still: Still): HTMLCanvasElement {
  const cut = middle(video.videoWidth, video.videoHeight, proportion)
  return draw(video, cut, still)
}

function draw(from: CanvasImageSource, cut: Cut, still: Still): HTMLCanvasElement {
  const scale = Math.min(1, still.edge_max / Math.max(cut.width, cut.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(cut.width * scale)
  canvas.height = Math.round(cut.height * scale)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.imageSmoothingQuality = 'high'
  context.drawImage(from, cut.x, cut.y, cut.width, cut.height, 0, 0, canvas.width, canvas.height)
  return canvas
}

/** JPEG, as good as its weight allows. */
export async function pack(canvas: HTMLCanvasElement, still: Still): Promise<Blob> {
  let last: Blob | null = null
  for (const quality of [0.92, 0.86, 0.8]) {
    last = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (last && last.size <= still.bytes_max) break
  }
  if (!last) throw new Error('the picture could not be packed')
  return last
}

/** A chosen file, upright and without its metadata. Fails if it is no picture this browser can read. */
export async function fromFile(file: File, still: Still): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height }
    return await pack(draw(picture, whole, still), still)
  } finally {
    picture.close()
  }
}

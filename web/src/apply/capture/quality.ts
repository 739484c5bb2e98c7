/**
 * What can be said about a frame of the camera within a millisecond: enough to guide, never to judge. The service
 * measures every picture again. Thresholds are starting values; a server-sent configuration may replace them.
 */

/** The plane that is looked at. */
export const PLANE = { width: 320, height: 202 } as const
/** The guide is inset by this share of the plane. */
export const INSET = 0.08

export type Fault = 'dark' | 'bright' | 'frame' | 'glare' | 'blur' | 'hold'

export interface Thresholds {
  mean_min: number
  mean_max: number
  white_share_max: number
  edge_min: number
  edge_band: number
  glare_share_max: number
  sharpness_min: number
  direction_min: number
  still_max: number
}

export const START: Thresholds = {
  mean_min: 55,
  mean_max: 200,
  white_share_max: 0.25,
  edge_min: 14,
  edge_band: 8,
  glare_share_max: 0.035,
  sharpness_min: 0.006,
  direction_min: 0.15,
  still_max: 4,
}

export interface Measured {
  mean: number
  /** Share of white points. */
  white: number
  /** Weakest of the four sides of the guide. */
  edge: number
  sharpness: number
  direction: number
  /** Mean difference to the plane before; none for the first. */
  motion?: number
}

/** BT.601 luma of RGBA points, in whole numbers. */
export function luma(rgba: Uint8ClampedArray, into: Uint8Array): void {
  for (let point = 0, at = 0; point < into.length; point++, at += 4) {
    into[point] = (77 * rgba[at]! + 150 * rgba[at + 1]! + 29 * rgba[at + 2]!) >> 8
  }
}

/** Measures a plane of `PLANE`'s size. */
export function measure(plane: Uint8Array, before?: Uint8Array, band: number = START.edge_band): Measured {
  const { width, height } = PLANE
  let sum = 0
  let white = 0
  for (const value of plane) {
    sum += value
    if (value >= 250) white++
  }
  const mean = sum / plane.length
  const across = variance(plane, 1)
  const down = variance(plane, width)
  const scale = Math.max(1, mean) ** 2
  const measured: Measured = {
    mean,
    white: white / plane.length,
    edge: weakestSide(plane, band),
    sharpness: Math.min(across, down) / scale,
    direction: Math.min(across, down) / Math.max(across, down, 1e-9),
  }
  if (before) {
    let difference = 0
    for (let at = 0; at < plane.length; at++) difference += Math.abs(plane[at]! - before[at]!)
    measured.motion = difference / plane.length
  }
  return measured

  /** Variance of the second difference along one direction. */
  function variance(values: Uint8Array, step: number): number {
    let total = 0
    let squares = 0
    let count = 0
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const at = y * width + x
        const second = values[at - step]! - 2 * values[at]! + values[at + step]!
        total += second
        squares += second * second
        count++
      }
    }
    return squares / count - (total / count) ** 2
  }
}

/** Each side of the guide has its strongest line within a band; a card fills the guide if all four are strong. */
function weakestSide(plane: Uint8Array, band: number): number {
  const { width, height } = PLANE
  const left = Math.round(width * INSET)
  const top = Math.round(height * INSET)
  const right = width - 1 - left
  const bottom = height - 1 - top
  const line = (across: boolean, at: number) => {
    let total = 0
    // Rounded corners carry no line.
    const [from, to] = across ? [left + 16, right - 16] : [top + 16, bottom - 16]
    for (let along = from; along < to; along++) {
      const point = across ? at * width + along : along * width + at
      const step = across ? width : 1
      total += Math.abs(plane[point + step]! - plane[point - step]!) / 2
    }
    return total / (to - from)
  }
  const side = (across: boolean, at: number) => {
    let best = 0
    for (let shift = -band; shift <= band; shift++) best = Math.max(best, line(across, at + shift))
    return best
  }
  return Math.min(side(true, top), side(true, bottom), side(false, left), side(false, right))
}

/** The one thing to say about a card, in the order that helps: light, place, glare, sharpness, stillness. */
export function cardFault(found: Measured, limits: Thresholds = START): Fault | undefined {
  if (found.mean < limits.mean_min) return 'dark'
  if (found.mean > limits.mean_max || found.white > limits.white_share_max) return 'bright'
  if (found.edge <= limits.edge_min) return 'frame'
  if (found.white > limits.glare_share_max) return 'glare'
  if (found.sharpness < limits.sharpness_min || found.direction < limits.direction_min) return 'blur'
  if (found.motion === undefined || found.motion > limits.still_max) return 'hold'
  return undefined
}

/** The same for a face, of which only light and stillness can be told without a network. */
export function faceFault(found: Measured, limits: Thresholds = START): Fault | undefined {
  if (found.mean < limits.mean_min) return 'dark'
  if (found.mean > limits.mean_max || found.white > limits.white_share_max) return 'bright'
  if (found.motion === undefined || found.motion > limits.still_max) return 'hold'
  return undefined
}

/** Nothing but black arrives: the camera is covered, or the browser draws nothing. */
export function isBlack(found: Measured): boolean {
  return found.mean < 2 && found.sharpness * Math.max(1, found.mean) ** 2 < 1
}

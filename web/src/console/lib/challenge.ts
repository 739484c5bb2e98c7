/** What is kept of a live challenge: the frames at which it went on, and what was measured on each. */
import type { Score } from './types'

type Action = 'turn_left' | 'turn_right' | 'nod'
interface Limits {
  yaw: number
  pitch: number
  neutral: number
  distance: number
}

export interface Frame {
  at_ms: number
  /** Where the challenge was when the frame came; a step counts from 0. */
  during: { stage: string; step?: number }
  yaw_degrees: number | null
  pitch_degrees: number | null
  /** From the face the challenge began with. */
  distance: number | null
  jpeg: string
}

export interface Challenge {
  steps: Action[]
  more_time: boolean
  limits: Limits
  frames: Frame[]
}

export function challenge(json: string): Challenge | undefined {
  try {
    const record = JSON.parse(json) as Challenge | null
    const whole = record && Array.isArray(record.steps) && Array.isArray(record.frames)
    return whole && record.frames.every((frame) => typeof frame.during?.stage === 'string') ? record : undefined
  } catch {
    return undefined
  }
}

/** What was asked for when a frame came; nothing before the first step. */
export function asked(record: Challenge, frame: Frame): Action | undefined {
  return frame.during.step === undefined ? undefined : record.steps[frame.during.step]
}

const WIDEST_DEGREES = 45
const WIDEST_DISTANCE = 1.5

/** The values a frame was judged by, each beside its bound: turned far enough, back far enough, still the same face. */
export function scores({ limits, ...record }: Challenge, frame: Frame): Score[] {
  const found: Score[] = []
  const add = (measure: string, value: number, bound: number, direction: 'low_is_bad' | 'high_is_bad', widest: number, unit = 'degrees') => {
    const good = direction === 'low_is_bad' ? value >= bound : value <= bound
    const check = measure === 'distance' ? 'same_face_in_capture' : 'liveness_challenge'
    found.push({ check, measure, value, threshold: bound, unit, direction, range: [0, widest], verdict: good ? 'pass' : 'fail' })
  }
  const { yaw_degrees: yaw, pitch_degrees: pitch, distance } = frame
  const action = asked({ limits, ...record }, frame)
  if (yaw !== null && pitch !== null && action) {
    if (frame.during.stage === 'turning') {
      if (action === 'nod') add('pitch', pitch, limits.pitch, 'low_is_bad', WIDEST_DEGREES)
      else add('yaw', action === 'turn_left' ? yaw : -yaw, limits.yaw, 'low_is_bad', WIDEST_DEGREES)
    } else {
      add('yaw', Math.abs(yaw), limits.neutral, 'high_is_bad', WIDEST_DEGREES)
      add('pitch', Math.abs(pitch), limits.neutral, 'high_is_bad', WIDEST_DEGREES)
    }
  }
  // Faces are compared where both look straight ahead.
  const straight = yaw !== null && pitch !== null && Math.max(Math.abs(yaw), Math.abs(pitch)) < limits.neutral
  if (distance !== null && straight) add('distance', distance, limits.distance, 'high_is_bad', WIDEST_DISTANCE, 'index')
  return found
}

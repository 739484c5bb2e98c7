import { expect, test } from 'vitest'
import { asked, challenge, type Frame, scores } from './challenge'

const limits = { yaw: 15, pitch: 10, neutral: 8, distance: 0.6 }
const record = { steps: ['turn_right', 'nod'], more_time: false, limits, frames: [] }
const frame = (stage: string, step: number | undefined, yaw: number | null, pitch: number | null, distance: number | null = null): Frame => ({
  at_ms: 0,
  during: { stage, step },
  yaw_degrees: yaw,
  pitch_degrees: pitch,
  distance,
  jpeg: '',
})
const read = challenge(JSON.stringify(record))!

test('a turn is measured towards the side that was asked for', () => {
  expect(scores(read, frame('turning', 0, -18, 2))).toMatchObject([{ measure: 'yaw', value: 18, threshold: 15, verdict: 'pass' }])
  expect(scores(read, frame('turning', 0, 18, 2))).toMatchObject([{ value: -18, verdict: 'fail' }])
  expect(scores(read, frame('turning', 1, 1, 9))).toMatchObject([{ measure: 'pitch', value: 9, threshold: 10, verdict: 'fail' }])
})

test('on the way back the head is straight and the face the same', () => {
  const [yaw, pitch, distance] = scores(read, frame('returning', 1, -3, 4, 0.7))
  expect(yaw).toMatchObject({ value: 3, threshold: 8, verdict: 'pass' })
  expect(pitch).toMatchObject({ value: 4, verdict: 'pass' })
  expect(distance).toMatchObject({ check: 'same_face_in_capture', value: 0.7, threshold: 0.6, verdict: 'fail' })
})

test('where the head is not back the faces were not compared', () => {
  expect(scores(read, frame('returning', 1, -20, 4, 0.7)).map((score) => score.measure)).toEqual(['yaw', 'pitch'])
})

test('before the first step nothing was asked for or measured', () => {
  const first = frame('framing', undefined, null, null)
  expect(asked(read, first)).toBeUndefined()
  expect(scores(read, first)).toEqual([])
})

test('what is no record shows nothing', () => {
  expect(challenge('no json')).toBeUndefined()
  expect(challenge('null')).toBeUndefined()
  expect(challenge('{"steps":[]}')).toBeUndefined()
  expect(challenge('{"steps":[],"frames":[{"at_ms":0}]}')).toBeUndefined()
})

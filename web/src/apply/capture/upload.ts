/** Sends a picture, and keeps trying while the network is away. The same picture may be sent again without harm. */
import { address, headersOf, Problem, problemOf } from '../../shared/api'
import type { FileSaved, PictureStep } from '../model'

const WAITS_MS = [500, 2_000, 5_000, 10_000]

export interface Watch {
  progress(done: number): void
  offline(offline: boolean): void
}

export async function upload(application: string, step: PictureStep, blob: Blob, live: boolean, watch: Watch): Promise<FileSaved> {
  const path = `/applications/${application}/files/${step}?origin=${live ? 'live' : 'file'}`
  for (let round = 0; ; round++) {
    try {
      return await send(path, blob, watch.progress)
    } catch (error) {
      const wait = WAITS_MS[round]
      const passing = error instanceof Problem && (error.status === 0 || error.status === 503)
      if (!passing || wait === undefined) throw error
      watch.offline(true)
      await pause(wait)
    }
  }
}

/** Waits, but no longer than until the network is back. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener('online', done)
  })
}

/** `fetch` does not tell how far a body has got. */
function send(path: string, blob: Blob, progress: (done: number) => void): Promise<FileSaved> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', address(path))
    for (const [name, value] of Object.entries(headersOf('PUT', { body: blob }))) request.setRequestHeader(name, value)
    request.timeout = 60_000
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0)
    const lost = () => reject(new Problem(0, 'network', 'Network', 'The picture could not be sent.'))
    request.onerror = lost
    request.ontimeout = lost
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as FileSaved)
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After')))
    }
    request.send(blob)
  })
}

/** Sends a picture, and keeps trying while the network is away. The same picture may be sent again without harm. */
import { address, headersOf, Problem, problemOf } from '../../shared/api'
import type { FileSaved, FileStep } from '../model'
import { persist, type Trouble } from './persist'

export interface Watch {
  /** Share that has left. */
  progress(done: number): void
  /** It does not get through at the moment. */
  trouble(what: Trouble): void
}

/** Where a picture goes: of an application, or, on a phone that was handed the steps, of the hand-off. */
export type Place = `/applications/${string}` | '/handoffs/current'

export function upload(place: Place, step: FileStep, blob: Blob, live: boolean, watch: Watch, signal: AbortSignal): Promise<FileSaved> {
  const path = `${place}/files/${step}?origin=${live ? 'live' : 'file'}`
  return persist(() => send(path, blob, watch.progress, signal), watch.trouble, signal)
}

/** `fetch` does not tell how far a body has got. */
function send(path: string, blob: Blob, progress: (done: number) => void, signal: AbortSignal): Promise<FileSaved> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', address(path))
    for (const [name, value] of Object.entries(headersOf('PUT', { body: blob }))) request.setRequestHeader(name, value)
    request.timeout = 60_000
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0)
    const lost = () => reject(new Problem(0, 'network', 'Network', 'The picture could not be sent.'))
    const stop = () => request.abort()
    signal.addEventListener('abort', stop)
    // What is under way when the network goes would hang until it times out.
    addEventListener('offline', stop)
    request.onloadend = () => {
      signal.removeEventListener('abort', stop)
      removeEventListener('offline', stop)
    }
    request.onerror = lost
    request.ontimeout = lost
    request.onabort = () => (signal.aborted ? reject(signal.reason) : lost())
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as FileSaved)
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After')))
    }
    request.send(blob)
  })
}

/**
 * The socket of a live challenge (docs/LIVENESS.md). Knows nothing of the page, and judges nothing: frames go out, and
 * what the service says comes in.
 */

export interface Challenge {
  id: string
  ticket: string
  socket_path: string
  protocol: string
  expires_at: string
}

export type Action = 'turn_left' | 'turn_right' | 'nod'
export type Outcome = 'pass' | 'retry' | 'review'

/** What the service says. */
export type Told =
  | { type: 'ready'; steps_total: number; limit_ms: number }
  | { type: 'hint'; code: string }
  | { type: 'step'; index: number; action: Action; limit_ms: number }
  | { type: 'shoot'; nonce: string; max_edge: number }
  | { type: 'result'; outcome: Outcome; code?: string; tries_left?: number }

/** Why the socket closed before a result. `lost` is nobody's fault and counts nowhere. */
export type Lost = 'lost' | 'busy' | 'replaced' | 'time' | 'ticket'

export interface Caps {
  more_time: boolean
  vibration: boolean
  reduced_motion: boolean
}

export interface Hear {
  told(told: Told): void
  lost(why: Lost): void
}

/** What is used of a `WebSocket`. */
export interface Socket {
  binaryType: string
  bufferedAmount: number
  readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(): void
}

export interface Talk {
  /** Sends a frame, unless the one before is still on its way: an old frame is worth nothing. */
  frame(jpeg: Uint8Array, capturedMs: number): boolean
  /** Promises the still that was asked for. */
  promise(nonce: string, sha256: string): void
  close(): void
}

export const FRAME_BYTES_MAX = 40_000
const HEAD_BYTES = 14
const OPEN = 1

/** Version, flags, number and time, highest byte first; then the picture. */
export function pack(seq: number, capturedMs: number, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + jpeg.length)
  const head = new DataView(bytes.buffer)
  head.setUint8(0, 1)
  head.setUint32(2, seq)
  head.setBigUint64(6, BigInt(Math.max(0, Math.round(capturedMs))))
  bytes.set(jpeg, HEAD_BYTES)
  return bytes
}

const CLOSED: Record<number, Lost> = { 4401: 'ticket', 4408: 'time', 4409: 'replaced', 4429: 'busy' }

function read(data: unknown): Told | undefined {
  if (typeof data !== 'string') return undefined
  const told = JSON.parse(data) as Told
  return ['ready', 'hint', 'step', 'shoot', 'result'].includes(told.type) ? told : undefined
}

/** Where the socket of a challenge is, seen from a page. */
export function socketAddress(page: { protocol: string; host: string }, path: string): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}${path}`
}

/** Opens the socket and says hello. Exactly one of a result and `lost` is heard, and nothing after it. */
export function talk(socket: Socket, challenge: Challenge, caps: Caps, hear: Hear): Talk {
  let seq = 0
  let over = false
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', ticket: challenge.ticket, caps }))
  socket.onmessage = (event: { data: unknown }) => {
    if (over) return
    const told = read(event.data)
    if (!told) return
    over = told.type === 'result'
    hear.told(told)
  }
  socket.onclose = (event: { code: number }) => {
    if (over) return
    over = true
    hear.lost(CLOSED[event.code] ?? 'lost')
  }
  return {
    frame(jpeg, capturedMs) {
      const fits = jpeg.length > 0 && jpeg.length <= FRAME_BYTES_MAX
      if (over || !fits || socket.readyState !== OPEN || socket.bufferedAmount > 0) return false
      seq += 1
      socket.send(pack(seq, capturedMs, jpeg))
      return true
    },
    promise(nonce, sha256) {
      if (!over && socket.readyState === OPEN) socket.send(JSON.stringify({ type: 'still', nonce, sha256 }))
    },
    close() {
      over = true
      socket.close()
    },
  }
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256(blob: Blob): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

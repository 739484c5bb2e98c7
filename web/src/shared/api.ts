/**
 * The one way to the service. Cookies go along because the page and the service share an origin; `X-Shiming` says
 * that the request comes from our own page (docs/API-DESIGN.md).
 */

const BASE = '/api/v1'

/** A reason as the service tells it. */
export interface Reason {
  public_code: string
  code?: string
  step?: string
  steps: string[]
  choice: boolean
  text: Texts
  /** `[x, y, width, height]` in pixels of the upright picture. */
  boxes?: [number, number, number, number][]
}

/** A text in both languages. */
export interface Texts {
  'zh-CN': string
  en: string
}

/** A list. */
export interface List<T> {
  object: 'list'
  data: T[]
  next_cursor?: string
}

/** What went wrong; decide by `code`. `network` and `timeout` are ours, all others are the service's. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: Reason[] = [],
    readonly retryAt?: Date,
  ) {
    super(`${code}: ${detail}`)
  }

  /** The same request may work later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503
  }
}

export interface Options {
  /** JSON, or a file as it is. */
  body?: unknown
  /** For a POST that may be repeated; a new one is made if none is given. */
  idempotencyKey?: string
  signal?: AbortSignal
  headers?: Record<string, string>
}

/** Called whenever the service says that nobody is signed in. */
let onSignedOut: () => void = () => {}

export function whenSignedOut(run: () => void): void {
  onSignedOut = run
}

/** A key for one piece of work. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The headers of every request. */
export function headersOf(method: string, options: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Shiming': '1', ...options.headers }
  if (method === 'POST') headers['Idempotency-Key'] = options.idempotencyKey ?? newKey()
  if (options.body instanceof Blob) headers['Content-Type'] = options.body.type || 'application/octet-stream'
  else if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  return headers
}

/** The full address of a path of the interface. */
export function address(path: string): string {
  return BASE + path
}

/** Asks the service: `request<Account>('GET', '/account')`. Fails with a `Problem` and nothing else. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const { body, signal } = options
  let response: Response
  try {
    response = await fetch(address(path), {
      method,
      headers: headersOf(method, options),
      body: body === undefined || body instanceof Blob ? (body ?? null) : JSON.stringify(body),
      credentials: 'same-origin',
      signal: signal ?? null,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'network', 'Network', 'The service could not be reached.')
  }
  if (response.status === 204) return undefined as T
  const text = await response.text().catch(() => '')
  if (response.ok) return JSON.parse(text) as T
  throw problemOf(response.status, text, response.headers.get('Retry-After'))
}

/** A problem from an answer that is none we want. */
export function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  let told: Partial<{ code: string; title: string; detail: string; reasons: Reason[]; retry_at: string }> = {}
  try {
    told = JSON.parse(text)
  } catch {
    // A proxy may answer in its own words; the status is enough then.
  }
  const at = told.retry_at ?? (retryAfter ? new Date(Date.now() + Number(retryAfter) * 1000).toISOString() : undefined)
  if (status === 401) onSignedOut()
  return new Problem(
    status,
    told.code ?? (status >= 500 ? 'internal' : 'unexpected'),
    told.title ?? '',
    told.detail ?? '',
    told.reasons ?? [],
    at ? new Date(at) : undefined,
  )
}

/**
 * Keeps the picture that is on its way, so that a reload or a killed tab does not cost a second photo. It lies in the
 * browser's database as ciphertext, each under a key of its own that the browser gives to nobody, and is removed when
 * the service has it, when its owner leaves the step or signs out, and after half an hour.
 */
import type { Kind } from './machine'
import type { FileStep } from '../model'

export const KEPT_MS = 30 * 60_000
const DATABASE = 'shiming'
const STORE = 'pictures'

interface Row {
  id: string
  /** Not extractable: whoever reads the database can have the browser open it, and only here. */
  key: CryptoKey
  iv: Uint8Array<ArrayBuffer>
  sealed: ArrayBuffer
  type: string
  kind: Kind
  confirmed: boolean
  at: number
}

export interface Kept {
  blob: Blob
  kind: Kind
  /** Its owner has looked at it and said to send it. */
  confirmed: boolean
}

export const isOver = (at: number, now: number): boolean => now < at || now - at >= KEPT_MS

/** One after the other: what is dropped must not come back because keeping it took longer. */
let last: Promise<unknown> = Promise.resolve()
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work)
  last = done.catch(() => {})
  return done
}

/** Keeps a picture; false where the browser has no place for it. */
export function keep(owner: string, step: FileStep, kept: Kept): Promise<boolean> {
  return inTurn(() => put(owner, step, kept))
}

async function put(owner: string, step: FileStep, { blob, kind, confirmed }: Kept): Promise<boolean> {
  try {
    const id = `${owner}/${step}`
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt(algorithm(id, iv), key, await blob.arrayBuffer())
    const row: Row = { id, key, iv, sealed, type: blob.type, kind, confirmed, at: Date.now() }
    await run('readwrite', (store) => store.put(row))
    return true
  } catch {
    return false
  }
}

/** The picture of a step, if one is still on its way. */
export async function find(owner: string, step: FileStep): Promise<Kept | undefined> {
  try {
    const id = `${owner}/${step}`
    const row = (await run('readonly', (store) => store.get(id))) as Row | undefined
    if (!row) return undefined
    if (isOver(row.at, Date.now())) {
      await drop(owner, step)
      return undefined
    }
    const plain = await crypto.subtle.decrypt(algorithm(id, row.iv), row.key, row.sealed)
    return { blob: new Blob([plain], { type: row.type }), kind: row.kind, confirmed: row.confirmed }
  } catch {
    return undefined
  }
}

export function drop(owner: string, step: FileStep): Promise<void> {
  return inTurn(async () => void (await run('readwrite', (store) => store.delete(`${owner}/${step}`)).catch(() => {})))
}

/** Removes what is over, and with `all` everything. */
export function sweep(all = false): Promise<void> {
  return inTurn(() => clear(all))
}

async function clear(all: boolean): Promise<void> {
  try {
    if (all) return void (await run('readwrite', (store) => store.clear()))
    const rows = (await run('readonly', (store) => store.getAll())) as Row[]
    for (const row of rows) if (isOver(row.at, Date.now())) await run('readwrite', (store) => store.delete(row.id))
  } catch {
    // Where there is no database, nothing is kept.
  }
}

/** Bound to its place, so that one picture cannot be taken for another. */
function algorithm(id: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) }
}

function run(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id' })
    opening.onerror = () => reject(opening.error)
    opening.onblocked = () => reject(new Error('blocked'))
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction(STORE, mode)
      const asked = ask(transaction.objectStore(STORE))
      transaction.oncomplete = () => {
        database.close()
        resolve(asked.result)
      }
      transaction.onabort = () => {
        database.close()
        reject(transaction.error)
      }
    }
  })
}

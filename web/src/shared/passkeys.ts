/** Passkeys in the browser. The service speaks the JSON of Web Authentication; the browser reads and writes it. */
import { request } from './api'

interface Asked {
  public_key: object
}

/** This browser can make and show passkeys, and reads the service's JSON. */
export function canPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'
}

/** Makes a passkey; `query` says at which door. Fails with a `DOMException` if the person does not want to. */
export async function makePasskey(query = ''): Promise<object> {
  const { public_key } = await request<Asked>('POST', `/factors/passkeys/options${query}`, { body: {} })
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(public_key as PublicKeyCredentialCreationOptionsJSON)
  return json(await navigator.credentials.create({ publicKey }))
}

/** Shows a passkey: `path` gives the challenge. */
export async function showPasskey(path: string): Promise<object> {
  const { public_key } = await request<Asked>('POST', path, { body: {} })
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key as PublicKeyCredentialRequestOptionsJSON)
  return json(await navigator.credentials.get({ publicKey }))
}

/** The person closed the browser's question, or there was no answer in time. */
export function unwilling(error: unknown): boolean {
  return error instanceof DOMException
}

function json(credential: Credential | null): object {
  if (credential instanceof PublicKeyCredential) return credential.toJSON() as object
  throw new DOMException('no credential', 'NotAllowedError')
}

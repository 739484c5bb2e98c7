/** Outside services that confirm who is verified already: which can be asked, what counts, and waiting for an answer. */
import { Problem } from '../shared/api'
import type { ChannelProof, ChannelRequest, ChannelSource } from './model'

export const KINDS = ['bank_card', 'mobile_operator', 'network_identity', 'tax', 'social_security', 'credit_bureau'] as const
export type ChannelKind = (typeof KINDS)[number]

/** What can be asked: a source of its kind is set up and has not confirmed yet. */
export const askable = (sources: readonly ChannelSource[]): ChannelKind[] =>
  KINDS.filter((kind) => sources.some((source) => source.kind === kind && !source.confirmed))

/** Confirmations that still count. */
export const counting = (proofs: readonly ChannelProof[], now = Date.now()): ChannelProof[] =>
  proofs.filter((proof) => new Date(proof.valid_until).getTime() > now)

/** How many times it is looked what the source said; a slower one is waited for without us. */
const LOOKS_MAX = 30

/** Until the source has answered, or is too slow for somebody who is looking. A look that fails is made again. */
export async function awaited(
  asked: ChannelRequest,
  look: () => Promise<ChannelRequest>,
  pause: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<ChannelRequest> {
  for (let looks = 0; asked.status === 'asking' && looks < LOOKS_MAX && !signal.aborted; looks++) {
    await pause()
    if (!signal.aborted) asked = await look().catch(() => asked)
  }
  return asked
}

/** Words of ours for what the service refuses. */
const REFUSED = {
  channel_asking: 'channel.later',
  channel_confirmed_already: 'channel.already',
  channel_not_set_up: 'channel.absent',
  consent_missing: 'channel.consent',
  not_verified: 'channel.verify_first',
} as const

/** What to tell of a refusal; none if there are no better words than those for any failure. */
export function refusal(error: unknown): (typeof REFUSED)[keyof typeof REFUSED] | 'channel.number_fault' | undefined {
  if (!(error instanceof Problem)) return undefined
  if (error.status === 422) return 'channel.number_fault'
  return error.code in REFUSED ? REFUSED[error.code as keyof typeof REFUSED] : undefined
}

import { expect, it, vi } from 'vitest'
import { Problem } from '../shared/api'
import { askable, awaited, counting, refusal } from './channels'
import type { ChannelRequest } from './model'

const pause = async () => {}
const asking: ChannelRequest = { id: 'chr_1', status: 'asking' }
const confirmed: ChannelRequest = { id: 'chr_1', status: 'confirmed', channel_proof: 'chp_1' }

it('offers kinds of which a source is left, once each', () => {
  const source = (kind: string, confirmed: boolean) => ({ kind, organisation: `${kind} ${confirmed}`, confirmed })
  expect(askable([source('tax', false), source('bank_card', true), source('bank_card', false), source('tax', false)])).toEqual(['bank_card', 'tax'])
  expect(askable([source('bank_card', true), source('astrology', false)])).toEqual([])
})

it('counts what is still valid', () => {
  const proof = (id: string, valid_until: string) => ({ id, kind: 'tax', organisation: 'T', confirmed_at: '2026-01-01T00:00:00Z', valid_until })
  const now = Date.parse('2026-11-26T12:00:00Z')
  expect(counting([proof('old', '2026-11-26T11:59:59Z'), proof('good', '2026-11-26T12:00:01Z')], now).map(({ id }) => id)).toEqual(['good'])
})

it('waits for an answer over a look that fails', async () => {
  const look = vi.fn<() => Promise<ChannelRequest>>()
  look.mockResolvedValueOnce(asking).mockRejectedValueOnce(new Problem(0, 'network', '', '')).mockResolvedValueOnce(confirmed)
  expect(await awaited(asking, look, pause, new AbortController().signal)).toEqual(confirmed)
  expect(look).toHaveBeenCalledTimes(3)
})

it('waits no more than it must', async () => {
  const look = vi.fn(async () => asking)
  expect(await awaited(confirmed, look, pause, new AbortController().signal)).toEqual(confirmed)
  expect(look).not.toHaveBeenCalled()
  expect(await awaited(asking, look, pause, new AbortController().signal)).toEqual(asking)
  expect(look).toHaveBeenCalledTimes(30)
})

it('ends with whoever leaves', async () => {
  const leaving = new AbortController()
  const look = vi.fn(async () => (leaving.abort(), asking))
  await awaited(asking, look, pause, leaving.signal)
  expect(look).toHaveBeenCalledTimes(1)
})

it.each([
  [409, 'channel_confirmed_already', 'channel.already'],
  [409, 'channel_asking', 'channel.later'],
  [409, 'consent_missing', 'channel.consent'],
  [409, 'not_verified', 'channel.verify_first'],
  [404, 'channel_not_set_up', 'channel.absent'],
  [422, 'number_malformed', 'channel.number_fault'],
  [409, 'version_stale', undefined],
  [429, 'channel_tries', undefined],
])('%i %s', (status, code, key) => expect(refusal(new Problem(status, code, '', ''))).toBe(key))

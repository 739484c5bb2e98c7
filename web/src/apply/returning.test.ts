import { expect, it } from 'vitest'
import { returnsTo, signInFor } from './returning'

const HERE = 'https://verify.example'
const back = (address: string) => returnsTo(new URL(address, HERE).searchParams, HERE)

it.each([
  ['/verify/consent', 'for=info_change', '/verify/consent?for=info_change'],
  ['/appeal', 'restriction=1', '/appeal?restriction=1'],
  ['/support/new', 'topic=identity&application=app_1', '/support/new?topic=identity&application=app_1'],
  ['/limits', '', '/limits'],
])('leads back to %s with ?%s', (path, query, place) => expect(back(signInFor(path, new URLSearchParams(query)))).toBe(place))

it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)', 'limits', '/\t/evil.example', '/.//evil.example', '//', ''])(
  'never leads away: %j',
  (to) => expect(back(`/sign-in?to=${encodeURIComponent(to)}`)).toBe('/'),
)

it('leads home without a place', () => expect(back('/sign-in')).toBe('/'))

/** Signing in leads back to where somebody was going. */

/** The sign-in that leads back to a place, with what its query asks for. */
export function signInFor(path: string, query: URLSearchParams): string {
  const to = query.size > 0 ? `${path}?${query}` : path
  return `/sign-in?to=${encodeURIComponent(to)}`
}

/** Where a sign-in leads; only within this site, whatever a link that somebody was sent says. */
export function returnsTo(query: URLSearchParams, origin: string): string {
  const to = query.get('to') ?? '/'
  if (!to.startsWith('/') || !URL.canParse(to, origin)) return '/'
  const { origin: there, pathname, search } = new URL(to, origin)
  return there === origin && !pathname.startsWith('//') ? pathname + search : '/'
}

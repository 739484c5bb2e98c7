/** Which address shows which screen, and what it needs. */
import type { Component } from 'svelte'
import type { Area } from '../shared/i18n.svelte'
import { match } from '../shared/router.svelte'
import { ACCOUNT, VERIFY } from './texts'

type Screen = Component<{ params: Record<string, string> }>
export interface Route {
  pattern: string
  load: () => Promise<{ default: Screen }>
  areas: Area[]
  /** Only for whoever is signed in. */
  own: boolean
}

const route = (pattern: string, load: () => Promise<{ default: unknown }>, areas: Area[] = [], own = true): Route => ({
  pattern,
  load: load as Route['load'],
  areas,
  own,
})

export const ROUTES: readonly Route[] = [
  route('', () => import('./screens/Start.svelte'), [], false),
  route('/register', () => import('./screens/Register.svelte'), [], false),
  route('/sign-in', () => import('./screens/SignIn.svelte'), [], false),
  route('/recover', () => import('./screens/Recover.svelte'), [], false),
  route('/verify', () => import('./screens/Verify.svelte'), [VERIFY]),
  route('/verify/:step', () => import('./screens/Verify.svelte'), [VERIFY]),
  route('/handoff', () => import('./screens/Phone.svelte'), [VERIFY], false),
  route('/appeal', () => import('./screens/Appeal.svelte'), [ACCOUNT]),
  route('/notices', () => import('./screens/Notices.svelte'), [ACCOUNT]),
  route('/limits', () => import('./screens/Limits.svelte'), [ACCOUNT]),
  route('/account', () => import('./screens/Account.svelte'), [ACCOUNT]),
  route('/account/security', () => import('./screens/Security.svelte'), [ACCOUNT]),
  route('/account/contact', () => import('./screens/Contact.svelte'), [ACCOUNT]),
  route('/account/change', () => import('./screens/Change.svelte'), [ACCOUNT]),
  route('/account/privacy', () => import('./screens/Privacy.svelte'), [ACCOUNT, VERIFY]),
  route('/support', () => import('./screens/Support.svelte'), [ACCOUNT]),
  route('/support/new', () => import('./screens/Ask.svelte'), [ACCOUNT]),
  route('/support/:id', () => import('./screens/Ticket.svelte'), [ACCOUNT]),
  route('/help', () => import('./screens/Help.svelte'), [], false),
  route('/help/:article', () => import('./screens/Article.svelte'), [], false),
]

export function find(path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ROUTES) {
    const params = match(route.pattern, path)
    if (params) return { route, params }
  }
  return undefined
}

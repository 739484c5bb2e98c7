/** Who is signed in, and the application that is going on. */
import { Problem, request, type List } from '../shared/api'
import { locale } from '../shared/i18n.svelte'
import { sweep } from './capture/stash'
import type { Account, Application } from './model'
import { letHandoffGo } from './verify/handed'
import { forgetAll } from './verify/recall.svelte'

let account = $state.raw<Account | undefined>(undefined)
let application = $state.raw<Application | undefined>(undefined)
/** Nothing is known before the first answer. */
let asked = $state(false)
/** The service said who is signed in, or that nobody is. */
let known = $state(false)

export const session = {
  get account() {
    return account
  },
  /** The newest application, whatever became of it. */
  get application() {
    return application
  },
  get asked() {
    return asked
  },
  get known() {
    return known
  },
}

/** Asks who is signed in; nobody is an answer too. */
export async function load(): Promise<void> {
  void sweep()
  try {
    account = await request<Account>('GET', '/account')
    const applications = await request<List<Application>>('GET', '/applications?limit=1')
    application = applications.data[0]
    known = true
  } catch (error) {
    // A phone that was handed pictures and staff are somebody, and have no account here.
    if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 403)) throw error
    forget()
    known = true
  } finally {
    asked = true
  }
}

export function forget(): void {
  forgetAll()
  account = undefined
  application = undefined
}

/** Mails follow the language of the page; one that cannot be told now is told with the next change. */
export async function tellLocale(): Promise<void> {
  if (!account || account.locale === locale()) return
  const chosen = locale()
  await request('PUT', '/account/preferences', { body: { locale: chosen } }).then(
    () => account && (account = { ...account, locale: chosen }),
    () => {},
  )
}

/** Every answer carries the application as it was then; one that comes late takes nothing back. */
export function keep(next: Application): Application {
  // Whoever signed out meanwhile has none.
  if (account && (application?.id !== next.id || application.version <= next.version)) application = next
  return next
}

export async function refresh(): Promise<void> {
  const id = application?.id
  if (!id) return
  const next = await request<Application>('GET', `/applications/${id}`)
  // Another one was begun, or somebody signed out meanwhile.
  if (application?.id === id) keep(next)
}

export async function signOut(): Promise<void> {
  await request('DELETE', '/sessions/current')
  await sweep(true)
  letHandoffGo()
  forget()
}

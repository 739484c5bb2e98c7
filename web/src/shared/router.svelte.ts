/** A history router: the path is state, links stay ordinary `<a href>`. */
import { tick } from 'svelte'

let path = $state(location.pathname)
let query = $state(location.search)
/** Whether the first page is still shown: the browser places focus itself then. */
let moved = false

/** The path without its query. */
export function here(): string {
  return path
}

/** The query of the address. */
export function params(): URLSearchParams {
  return new URLSearchParams(query)
}

/** Goes somewhere within this page's entry. */
export function go(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (to === path + query) return
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  arrive()
}

/** A `go` for when something is done: it leads nobody away who went elsewhere meanwhile. */
export function goFromHere(): typeof go {
  const place = path
  return (to, how) => {
    if (path === place) go(to, how)
  }
}

/** The parts of a path after a pattern, or nothing: `match('/tickets/:id', '/tickets/7')` is `{id: '7'}`. */
export function match(pattern: string, at: string = path): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = at.replace(/\/+$/, '').split('/')
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':') && value) found[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return found
}

function arrive(): void {
  const other = path !== location.pathname
  path = location.pathname
  query = location.search
  moved = true
  if (other) scrollTo(0, 0)
}

/** Puts focus on a screen's heading once it is there, so that it is read out and Tab goes on from it. */
export async function arrived(heading: HTMLElement | undefined): Promise<void> {
  await tick()
  if (moved) heading?.focus({ preventScroll: true })
}

/** Takes over plain clicks on links that stay within the entry; `within` says which paths do. */
export function startRouter(within: (path: string) => boolean): void {
  addEventListener('popstate', arrive)
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element | null)?.closest('a')
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
    if (!within(link.pathname) || link.hash) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}

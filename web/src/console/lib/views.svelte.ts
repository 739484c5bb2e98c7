/** Saved views of the queue: a name for a query, kept in this browser. */
const KEPT = 'shiming.console.views'

export interface View {
  name: string
  query: string
}

let all = $state<View[]>(read())

function read(): View[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
    if (!Array.isArray(value)) return []
    return value.filter((one): one is View => typeof one?.name === 'string' && typeof one?.query === 'string')
  } catch {
    return []
  }
}

function keep(next: View[]): void {
  all = next
  localStorage.setItem(KEPT, JSON.stringify(next))
}

export const views = {
  get all(): View[] {
    return all
  },
  save(name: string, query: string): void {
    keep([...all.filter((view) => view.name !== name), { name, query }])
  },
  remove(name: string): void {
    keep(all.filter((view) => view.name !== name))
  },
}

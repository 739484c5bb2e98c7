/**
 * Single keys, all of them remappable and to be turned off as a whole (WCAG 2.1.4). They are silent while somebody
 * types or a dialog is open, and none of them decides anything: that takes Enter on the confirm step.
 */
export type Scope = 'anywhere' | 'queue' | 'case'

export const ACTIONS = {
  help: ['anywhere', '?'],
  to_queue: ['anywhere', 'g'],
  search: ['anywhere', '/'],
  next_case: ['queue', 'n'],
  down: ['queue', 'j'],
  up: ['queue', 'k'],
  claim: ['case', 'c'],
  approve: ['case', 'a'],
  redo: ['case', 'r'],
  reject: ['case', 'x'],
  escalate: ['case', 'e'],
  hold: ['case', 'h'],
  note: ['case', 'n'],
  reveal: ['case', 'v'],
  compare: ['case', 'm'],
  rotate_left: ['case', '['],
  rotate_right: ['case', ']'],
  zoom_in: ['case', '+'],
  zoom_out: ['case', '-'],
  zoom_fit: ['case', '0'],
  pane_documents: ['case', '1'],
  pane_facts: ['case', '2'],
  pane_decision: ['case', '3'],
} as const satisfies Record<string, readonly [Scope, string]>

export type Action = keyof typeof ACTIONS
export const ALL = Object.keys(ACTIONS) as Action[]

const KEPT = 'shiming.console.keys'

interface Kept {
  on: boolean
  keys: Partial<Record<Action, string>>
}

let kept = $state<Kept>(read())
const handlers = new Map<Action, () => void>()

function read(): Kept {
  try {
    const value = JSON.parse(localStorage.getItem(KEPT) ?? '') as Kept
    return { on: value.on !== false, keys: value.keys ?? {} }
  } catch {
    return { on: true, keys: {} }
  }
}

function keep(): void {
  localStorage.setItem(KEPT, JSON.stringify(kept))
}

export const shortcuts = {
  get on(): boolean {
    return kept.on
  },
  set on(on: boolean) {
    kept.on = on
    keep()
  },
  key(action: Action): string {
    return kept.keys[action] ?? ACTIONS[action][1]
  },
  scope(action: Action): Scope {
    return ACTIONS[action][0]
  },
  /** Gives an action a key; answers the action that has it already, if one that can act at the same time does. */
  set(action: Action, key: string): Action | undefined {
    const scope = ACTIONS[action][0]
    const meets = (other: Action) => {
      const its = ACTIONS[other][0]
      return its === scope || its === 'anywhere' || scope === 'anywhere'
    }
    const taken = ALL.find((other) => other !== action && meets(other) && shortcuts.key(other) === key)
    if (taken) return taken
    kept.keys = { ...kept.keys, [action]: key }
    keep()
    return undefined
  },
  reset(): void {
    kept = { on: true, keys: {} }
    keep()
  },
}

/** Says what actions do for as long as a component lives: `$effect(() => act({ help: open }))`. */
export function act(actions: Partial<Record<Action, () => void>>): () => void {
  const mine = Object.entries(actions) as [Action, () => void][]
  for (const [action, run] of mine) handlers.set(action, run)
  return () => {
    for (const [action, run] of mine) if (handlers.get(action) === run) handlers.delete(action)
  }
}

function types(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

/** The one listener. */
export function listen(event: KeyboardEvent): void {
  if (!kept.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (types(event.target) || document.querySelector('dialog[open]')) return
  const action = ALL.find((one) => handlers.has(one) && shortcuts.key(one) === event.key)
  if (!action) return
  event.preventDefault()
  handlers.get(action)?.()
}

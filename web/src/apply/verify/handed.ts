/**
 * The hand-off that this tab offers, over a reload: the link is told once, and whoever reloads still wants to show it. It
 * lies with the tab alone, ends with it, and is worth nothing once a phone took it or ten minutes are over.
 */
import type { HandoffOffered } from '../model'

const KEPT = 'shiming.handoff'

export function holdHandoff(offered: HandoffOffered): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(offered))
  } catch {
    // A browser that keeps nothing forgets it at a reload.
  }
}

/** What is still offered for an application, if anything. */
export function heldHandoff(application: string, now: number = Date.now()): HandoffOffered | undefined {
  try {
    const held = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as HandoffOffered | null
    if (held?.handoff.application === application && new Date(held.handoff.expires_at).getTime() > now) return held
  } catch {
    // What cannot be read is as good as nothing.
  }
  letHandoffGo()
  return undefined
}

export function letHandoffGo(): void {
  try {
    sessionStorage.removeItem(KEPT)
  } catch {
    // There was none.
  }
}

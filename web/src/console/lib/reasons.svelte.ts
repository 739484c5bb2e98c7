/** The catalogue of reasons, asked for once: what staff call a reason, and the note for whoever decides. */
import { request } from '../../shared/api'
import { told } from '../../shared/i18n.svelte'
import type { StaffReason } from './types'
import { word } from './words'

let all = $state.raw<StaffReason[]>([])
let asked: Promise<void> | undefined

export function catalogue(): StaffReason[] {
  return all
}

/** Asks for it, unless that was done; without it codes stay codes. */
export function loadReasons(): Promise<void> {
  asked ??= request<{ data: StaffReason[] }>('GET', '/staff/reasons').then(
    (list) => void (all = list.data),
    () => void (asked = undefined),
  )
  return asked
}

/** What staff call a reason. */
export function reasonName(code: string): string {
  const reason = all.find((one) => one.code === code)
  return reason ? told(reason.title) : word('reason', code)
}

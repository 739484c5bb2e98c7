/** One case on the desk: what is known of it, who holds it, and what can be done. */
import { Problem, request } from '../../shared/api'
import { left } from './now.svelte'
import { catalogue, loadReasons } from './reasons.svelte'
import { fault } from './words'
import type { Case, StaffReason, Whole } from './types'

/** With less left than this a busy holder's lease is renewed. */
const RENEW_BELOW_S = 600

export interface Decision {
  verdict: string
  reasons: string[]
  steps: string[]
  note?: string
  remark?: string
  document?: unknown
  face?: unknown
  document_term?: unknown
}

const VERDICTS: Record<string, string[]> = {
  screening: ['release', 'confirm'],
  appeal: ['uphold', 'uphold_partly', 'refuse'],
  info_change: ['approve', 'resubmit', 'refuse'],
  qa: ['agree', 'disagree'],
}

export class Desk {
  whole = $state.raw<Whole>()
  /** As it stands after it went out of sight: decided, given back. */
  line = $state.raw<Case>()
  problem = $state<string>()
  gone = $state(false)
  busy = $state(false)
  /** Somebody else changed it while it was read. */
  changed = $state(false)

  constructor(readonly id: string) {}

  get reasons(): StaffReason[] {
    return catalogue()
  }
  get case(): Case | undefined {
    return this.line ?? this.whole
  }
  get holds(): boolean {
    return this.case?.lease !== undefined && this.left > 0
  }
  get left(): number {
    return left(this.case?.lease?.until)
  }
  get verdicts(): string[] {
    return VERDICTS[this.case?.type ?? ''] ?? ['approve', 'resubmit', 'reject']
  }

  async load(): Promise<void> {
    // A case that is shown can be decided: its reasons are there, and nothing takes the focus from who begins at once.
    const reasons = loadReasons()
    try {
      const whole = await request<Whole>('GET', `/cases/${this.id}`)
      await reasons
      this.whole = whole
      this.line = undefined
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.gone = true
      else this.problem = fault(error)
    }
  }

  /** Does something to the case; answers whether it was done. */
  private async act(path: string, body: object = {}): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.problem = undefined
    try {
      this.line = await request<Case>('POST', `/cases/${this.id}/${path}`, { body })
      return true
    } catch (error) {
      if (error instanceof Problem && error.code === 'case_stale') {
        this.changed = true
        await this.load()
      }
      this.problem = fault(error)
      return false
    } finally {
      this.busy = false
    }
  }

  private get held(): { token: number; version: number } {
    return { token: this.case?.lease?.token ?? 0, version: this.case?.version ?? 0 }
  }

  async claim(): Promise<void> {
    if (await this.act('claim')) await this.load()
  }
  async takeOver(reason: string): Promise<boolean> {
    const taken = await this.act('take-over', { reason })
    if (taken) await this.load()
    return taken
  }
  async resume(): Promise<void> {
    if (await this.act('resume')) await this.load()
  }
  async undo(): Promise<void> {
    if (await this.act('undo')) await this.load()
  }
  /** Has a colleague look at the decision again, without knowing it. */
  async lookAgain(): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.problem = undefined
    try {
      await request('POST', `/cases/${this.id}/look-again`, { body: {} })
      return true
    } catch (error) {
      this.problem = fault(error)
      return false
    } finally {
      this.busy = false
    }
  }
  release(): Promise<boolean> {
    return this.act('release', { token: this.held.token })
  }
  hold(reason: string): Promise<boolean> {
    return this.act('hold', { ...this.held, reason })
  }
  escalate(reason: string): Promise<boolean> {
    return this.act('escalate', { ...this.held, reason })
  }
  decide(decision: Decision): Promise<boolean> {
    return this.act('decide', { ...this.held, ...decision })
  }
  async renew(): Promise<void> {
    const lease = this.case?.lease
    if (!lease || this.busy || this.left === 0 || this.left > RENEW_BELOW_S) return
    await this.act('renew', { token: lease.token })
  }
}

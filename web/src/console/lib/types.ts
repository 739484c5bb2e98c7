/** What the service answers to staff (GET /api/v1/openapi.json has the whole of it). */
import type { Texts } from '../../shared/api'

export type Role = 'support' | 'reviewer' | 'supervisor' | 'compliance' | 'operator'

export interface Me {
  id: string
  role: Role
  name: string
  livemode: boolean
  product: string
}

export interface SignedIn {
  owner: string
  still: 'nothing' | 'second_factor' | 'enrolment'
  /** The rules ask staff for a passkey, and this member has none. */
  passkey_wanted: boolean
}

export interface Passkey {
  id: string
  name: string
  backed_up: boolean
  created_at: string
  used_at?: string
}

/** Where somebody is signed in. */
export interface Place {
  id: string
  device?: string
  created_at: string
  seen_at: string
  current: boolean
}

export interface Revocation {
  verification: string
  state: 'proposed' | 'done'
  reason: string
  proposed_by: string
  proposed_at: string
  until: string
}

export type Light = 'green' | 'amber' | 'red'

export interface Lease {
  token: number
  until?: string
}

export interface Case {
  id: string
  type: string
  version: number
  state: string
  hold_reason?: string
  queue: string
  account: string
  application?: string
  frozen: boolean
  priority: number
  opened_at: string
  due_at: string
  target_at: string
  light: Light
  used_percent: number
  paused: boolean
  undo_until?: string
  lease?: Lease
}

export interface FieldRow {
  field: string
  declared: string | null
  read: string | null
  source: string | null
  verdict: string
  confidence: number | null
}

export interface Score {
  check: string
  subject?: string
  measure?: string
  value: number
  threshold: number | null
  unit: string
  direction?: 'low_is_bad' | 'high_is_bad'
  range: [number, number]
  verdict: string
}

export interface AttemptRow {
  number: number
  submitted_at: string
  outcome: string | null
  reasons: string[]
  decided_at: string | null
  by: string | null
}

export interface Twin {
  kind: string
  application: string
  person: string | null
  similarity: number
}

export interface Whole extends Case {
  findings: string[]
  required_failed: boolean
  proposed: string[]
  changes: string[]
  opinions: { by: string; verdict: string; reasons: string[]; at?: string }[]
  notes: { author: string; kind: string; text: string; at: string }[]
  earlier: { id: string; at: string; verdict?: string; reasons: string[] }[]
  appeal?: { id: string; subject_kind: string; subject: string; state: string; opened_at: string; due_at: string; text: string }
  // An older service does not tell these.
  fields?: FieldRow[]
  scores?: Score[]
  attempts?: AttemptRow[]
  duplicates?: Twin[]
  /** A live challenge came before the selfie. */
  challenged?: boolean
  reads?: Record<string, Texts>
}

export interface StaffReason {
  code: string
  retry: boolean
  final: boolean
  steps: string[]
  public_code?: string
  text: Texts
  /** What is read instead by people who are sent back for it. */
  asked?: Texts
  /** What staff call it. */
  title: Texts
  note: Texts
}

export interface Ticket {
  id: string
  version: number
  account: string
  application?: string
  reasons: string[]
  state: string
  priority: number
  opened_at: string
  due_at: string
  replied_at?: string
  resolved_at?: string
  messages_count: number
}

export interface Conversation extends Ticket {
  messages: { seq: number; author: 'applicant' | 'staff'; staff?: string; text: string; at: string }[]
}

export interface FoundAccount {
  id: string
  life: string
  locale: string
  person?: string
  level: number
  contacts: { kind: string; masked: string }[]
  restrictions: string[]
  verify_by?: string
  created_at: string
  applications: { id: string; purpose: string; status: string; created_at: string }[]
  verification?: { id: string; standing: string; issued_at: string }
}

export interface Hold {
  account: string
  effect: string
  since: string
  set_by: string
  review_at: string
  overdue: boolean
  reason: string
}

export interface AuditRow {
  index: number
  at?: string
  actor: string
  role: string
  action: string
  object_kind: string
  object_id: string
  outcome: string
  further: Record<string, unknown>
}

export interface Taken {
  count: number
  p50_ms?: number
  p90_ms?: number
}

export interface Figures {
  since: string
  until: string
  partial: boolean
  begun: number
  submitted: number
  standing: { name: string; count: number }[]
  decisions: { by: string; outcome: string; count: number }[]
  reasons: { name: string; count: number }[]
  system: Taken
  staff: Taken
  promises: { kept: number; broken: number; open: number; overdue: number }
  days: { day: string; decided: number; approved: number; by_staff: number }[]
}

export interface Key {
  id: string
  label: string
  hint: string
  scopes: string[]
  livemode: boolean
  created_at: string
  expires_at: string
  last_used_at?: string
  revoked_at?: string
  replaced_by?: string
  secret?: string
}

export interface Member {
  id: string
  role: Role
  status: string
  name: string
  email: string
  created_at: string
  disabled_at?: string
}

export interface Policy {
  label: string
  preset: string
  text: string
  rules: Record<string, unknown>
}

interface Held {
  decided: number
  median_s: number | null
  in_time_share: number | null
  looked_at: number
  disagreed: number
  disagreement_rate: number | null
}

export interface ReviewStatistics {
  all: Held
  machine: Held
  staff: (Held & { staff: string })[]
}

/** What the service answers, as far as the applicant's pages read it. */
import type { Reason, Texts } from '../shared/api'

export type StepName = 'consent' | 'form' | 'portrait_side' | 'emblem_side' | 'selfie' | 'channel' | 'evidence'
export type PictureStep = 'portrait_side' | 'emblem_side' | 'selfie'
export const PICTURES: readonly PictureStep[] = ['portrait_side', 'emblem_side', 'selfie']
/** Whatever a file is sent for: also a paper that a reviewer asked for. */
export type FileStep = PictureStep | 'evidence'

export interface Step {
  name: StepName
  state: 'open' | 'done' | 'redo' | 'locked'
  tries_left?: number
  locked_until?: string
  /** Of the selfie: whether a live challenge comes first. */
  challenge?: 'off' | 'offered' | 'required'
}

export type Status =
  | 'draft' | 'checking' | 'waiting_source' | 'manual_review' | 'resubmit'
  | 'approved' | 'rejected' | 'expired' | 'withdrawn'

export interface Decision {
  id: string
  outcome: 'approve' | 'resubmit' | 'review' | 'reject'
  decided_by: 'system' | 'staff'
  decided_at: string
  reasons: Reason[]
  steps: StepName[]
  /** What whoever decided wrote besides. */
  remark?: string
  policy_version?: string
}

export interface Application {
  id: string
  purpose: 'first' | 'upgrade' | 'renewal' | 'info_change' | 'reverify'
  requested_level: number
  status: Status
  version: number
  created_at: string
  steps: Step[]
  attempt_count: number
  latest_decision?: Decision
  due_at?: string
  review_due_at?: string
  person_offered: boolean
}

/** Pictures that were handed to a phone. */
export interface Handoff {
  id: string
  application: string
  state: 'waiting' | 'opened' | 'claimed' | 'done' | 'expired' | 'ended'
  steps: Step[]
  expires_at: string
}

export interface HandoffOffered {
  handoff: Handoff
  link: string
  qr_svg: string
}

/** What a link to a phone is for. */
export interface Landing {
  operator: string
  purpose: Application['purpose']
  account_masked?: string
  steps: StepName[]
  expires_at: string
}

export interface FormSaved {
  accepted: boolean
  reasons: Reason[]
  application: Application
}

export interface FileSaved {
  id?: string
  accepted: boolean
  for_person: boolean
  reasons: Reason[]
  width_px?: number
  height_px?: number
  application: Application
}

export interface Account {
  id: string
  life: 'active' | 'closing'
  locale: string
  contacts: { kind: 'email' | 'phone'; masked: string }[]
  restrictions: string[]
  verify_by?: string
  person?: string
  level: number
  second_factor: boolean
  recovery_codes_left: number
  created_at: string
}

export interface SignedIn {
  id: string
  still: 'nothing' | 'second_factor' | 'enrolment'
}

export interface Code {
  id: string
  expires_at: string
  resend_at: string
}

export interface Money {
  amount: string
  currency: string
}

export interface Cap {
  source: string
  strength?: string
  window: 'operation' | 'day' | 'year' | 'lifetime'
  max: Money
  own_bank_counts: boolean
}

export interface Left extends Cap {
  used: Money
  left: Money
  resets_at?: string
}

export interface Missing {
  kind: string
  more?: number
  or_face_to_face?: boolean
}

export interface Entitlements {
  level?: number
  code?: string
  label?: Texts
  verified: boolean
  effect?: string
  uses: string[]
  suspended: string[]
  limits: Left[]
  raises: { level: number; code: string; missing: Missing[]; adds: string[]; caps: Cap[] }[]
}

export interface Notice {
  id: string
  kind: string
  title: Texts
  body: Texts
  at: string
  read_at?: string
}

export interface Ticket {
  id: string
  application?: string
  reasons: string[]
  state: 'open' | 'waiting_user' | 'waiting_staff' | 'resolved' | 'closed'
  opened_at: string
  due_at: string
  replied_at?: string
  messages_count: number
}

export interface Conversation extends Ticket {
  messages: { seq: number; author: 'applicant' | 'staff'; text: string; at: string }[]
}

export interface Appeal {
  id: string
  subject_kind: string
  subject: string
  state: string
  opened_at: string
  due_at: string
  answered_at?: string
  // An older service does not tell these.
  reasons?: Reason[]
  remark?: string
}

export type ConsentKind = 'general' | 'id_images' | 'face' | 'source_query'
/** A consent, and how it stands. */
export interface Consent {
  kind: ConsentKind
  required: boolean
  state: 'given' | 'outdated' | 'refused' | 'withdrawn' | 'not_asked'
  text_version?: string
  at?: string
  /** The text in force. */
  current_text_version: string
}

/** An outside service that can be asked to confirm somebody. */
export interface ChannelSource {
  kind: string
  organisation: string
  /** It has already, and that still counts. */
  confirmed: boolean
}

/** A confirmation of an outside service. */
export interface ChannelProof {
  id: string
  kind: string
  organisation: string
  confirmed_at: string
  valid_until: string
}

/** What becomes of asking an outside service. */
export interface ChannelRequest {
  id: string
  status: 'asking' | 'confirmed' | 'refused' | 'unavailable'
  channel_proof?: string
}

/** The operator's terms of keeping. */
export interface Retention {
  identity_years: number
  consent_years: number
  audit_years: number
  selfie_days: number
  abandoned_images_days: number
  appeal_window_days: number
}

/** What support has permitted to change, and until when. */
export interface PermittedChanges {
  application_until?: string
  contact_until?: string
}

export interface SessionEntry {
  id: string
  device?: string
  created_at: string
  seen_at: string
  expires_at: string
  current: boolean
}

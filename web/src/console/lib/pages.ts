/** Which pages a role works with. What a role may do is the service's to say; this only leaves out what it would refuse. */
import type { IconName } from '../../shared/ui/icons'
import type { Role } from './types'
import type { Key } from './words'

export const HOME: Record<Role, string> = {
  support: '/console/tickets',
  reviewer: '/console/queue',
  supervisor: '/console/queue',
  compliance: '/console/queue',
  operator: '/console/figures',
}

export const NAV: { path: string; text: Key; icon: IconName; roles: readonly Role[] }[] = [
  { path: '/console/queue', text: 'nav.queue', icon: 'form', roles: ['support', 'reviewer', 'supervisor', 'compliance'] },
  { path: '/console/tickets', text: 'nav.tickets', icon: 'chat', roles: ['support', 'supervisor'] },
  { path: '/console/people', text: 'nav.people', icon: 'search', roles: ['support', 'supervisor', 'compliance'] },
  { path: '/console/revocations', text: 'nav.revocations', icon: 'undo', roles: ['supervisor', 'compliance'] },
  { path: '/console/figures', text: 'nav.figures', icon: 'bars', roles: ['supervisor', 'compliance', 'operator'] },
  { path: '/console/keys', text: 'nav.keys', icon: 'lock', roles: ['operator'] },
  { path: '/console/staff', text: 'nav.staff', icon: 'user', roles: ['operator'] },
  { path: '/console/audit', text: 'nav.audit', icon: 'clock', roles: ['operator'] },
  { path: '/console/policy', text: 'nav.policy', icon: 'shield', roles: ['support', 'reviewer', 'supervisor', 'compliance', 'operator'] },
]

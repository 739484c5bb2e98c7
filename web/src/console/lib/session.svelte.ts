/** Who is signed in, and how far the sign-in has come. */
import { Problem, request, whenSignedOut } from '../../shared/api'
import type { Me, Role, SignedIn } from './types'

type Stage = 'unknown' | 'out' | 'second_factor' | 'enrolment' | 'in'

let stage = $state<Stage>('unknown')
let self = $state<Me>()
/** They were in, and the session ended by itself. */
let ended = $state(false)
/** The rules ask for a passkey, and there is none yet. */
let wanted = $state(false)

export const session = {
  get stage(): Stage {
    return stage
  },
  get me(): Me | undefined {
    return self
  },
  get ended(): boolean {
    return ended
  },
  get passkeyWanted(): boolean {
    return wanted
  },
}

export function is(...roles: Role[]): boolean {
  return self !== undefined && roles.includes(self.role)
}

whenSignedOut(() => {
  if (stage === 'in') ended = true
  if (stage === 'in' || stage === 'unknown') stage = 'out'
})

/** Asks the service who this is. */
export async function restore(): Promise<void> {
  try {
    self = await request<Me>('GET', '/staff/me')
    stage = 'in'
    ended = false
  } catch (error) {
    // One factor is not enough for anything but setting up the second.
    if (error instanceof Problem && error.status === 403) stage = 'enrolment'
    else if (error instanceof Problem && error.status === 401) stage = 'out'
    else throw error
  }
}

/** What is still to be done after a step of the sign-in. */
export async function follow(signedIn: SignedIn): Promise<void> {
  wanted = signedIn.passkey_wanted
  if (signedIn.still === 'nothing') await restore()
  else stage = signedIn.still
}

/** Fails if the service did not hear of it: then whoever comes to this desk next would still be let in. */
export async function signOut(): Promise<void> {
  await request('DELETE', '/sessions/current?as=staff').catch((error: unknown) => {
    if (!(error instanceof Problem) || error.status !== 401) throw error
  })
  self = undefined
  ended = false
  stage = 'out'
}

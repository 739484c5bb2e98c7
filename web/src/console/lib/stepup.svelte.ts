/** Showing the second factor again before something that needs a fresh one; `StepUp.svelte` asks for it. */
import { Problem } from '../../shared/api'

const CODES = ['step_up_needed', 'step_up_required']

let waiting = $state<((shown: boolean) => void) | undefined>()
/** One answer is everybody's who asks meanwhile. */
let answer: Promise<boolean> | undefined

export const stepUp = {
  get asked(): boolean {
    return waiting !== undefined
  },
  answer(shown: boolean): void {
    waiting?.(shown)
    waiting = answer = undefined
  },
}

/** Runs something; if it wants a fresh factor, asks for one and runs it again. */
export async function withFactor<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Problem) || !CODES.includes(error.code)) throw error
    answer ??= new Promise<boolean>((resolve) => (waiting = resolve))
    if (!(await answer)) throw error
    return run()
  }
}

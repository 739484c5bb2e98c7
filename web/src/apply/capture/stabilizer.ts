/**
 * Turns a flicker of codes into one steady hint: newer votes weigh more, a hint must win clearly, and it stays long
 * enough to be read. Pure; the clock comes with each vote.
 */

export const WINDOW_MS = 900
const SHARE_MIN = 0.6
/** Votes in a row before "good" is believed. */
const GOOD_VOTES = 3
const SHOWN_MS = { problem: 1500, neutral: 1000 }

export interface Stabilizer<Code extends string> {
  /** Takes a vote and answers with the hint to show. */
  vote(at: number, code: Code): Code
}

export function stabilizer<Code extends string>(first: Code, good: Code, neutral: readonly Code[] = [first, good]): Stabilizer<Code> {
  let votes: { at: number; code: Code }[] = []
  let shown = first
  let since = Number.NEGATIVE_INFINITY
  let inRow = 0
  return {
    vote(at, code) {
      // A clock that was set back would keep old votes for ever.
      if (votes.length > 0 && at < votes.at(-1)!.at) votes = []
      votes = [...votes.filter((vote) => at - vote.at < WINDOW_MS), { at, code }]
      inRow = code === good ? inRow + 1 : 0
      if (at < since) since = at
      if (at - since < (neutral.includes(shown) ? SHOWN_MS.neutral : SHOWN_MS.problem)) return shown
      const weights = new Map<Code, number>()
      let all = 0
      for (const vote of votes) {
        const weight = 1 - (at - vote.at) / (2 * WINDOW_MS)
        weights.set(vote.code, (weights.get(vote.code) ?? 0) + weight)
        all += weight
      }
      const [winner, weight] = [...weights].reduce((best, next) => (next[1] > best[1] ? next : best))
      if (winner === shown || weight / all < SHARE_MIN || (winner === good && inRow < GOOD_VOTES)) return shown
      shown = winner
      since = at
      return shown
    },
  }
}

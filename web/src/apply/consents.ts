/** Answers to consents, as the service takes them: those to texts of one version at a time. */
import type { Consent, ConsentKind } from './model'

export type Answers = Partial<Record<ConsentKind, 'given' | 'refused'>>

/** One piece for every version of a text that was shown. What is not asked for is not answered. */
export function byVersion(answers: Answers, shown: readonly Consent[]): { text_version: string; answers: Answers }[] {
  const pieces = new Map<string, Answers>()
  for (const { kind, current_text_version: version } of shown) {
    const answer = answers[kind]
    if (answer) pieces.set(version, { ...pieces.get(version), [kind]: answer })
  }
  return [...pieces].map(([text_version, answers]) => ({ text_version, answers }))
}

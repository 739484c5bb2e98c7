/** The citizen number as people type it. The service judges; this only spares them a round trip. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

/** Full-width figures become plain ones, spaces and dashes go, `x` becomes `X`. */
export function clean(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
}

export type NumberFault = 'length' | 'characters' | 'check'

/** What is wrong with a cleaned number, or nothing. */
export function fault(number: string): NumberFault | undefined {
  if (number.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters'
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0)
  return CHECKS[sum % 11] === number[17] ? undefined : 'check'
}

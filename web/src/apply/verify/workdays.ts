/** Whole days from Monday to Friday between two moments, at least one: "within 3 working days". Public holidays
 *  are the service's matter; the date beside it already knows them. */
export function workdays(from: Date, to: Date): number {
  let days = 0
  const at = new Date(from.getFullYear(), from.getMonth(), from.getDate())
  const end = new Date(to.getFullYear(), to.getMonth(), to.getDate())
  while (at < end) {
    at.setDate(at.getDate() + 1)
    if (at.getDay() !== 0 && at.getDay() !== 6) days++
  }
  return Math.max(1, days)
}

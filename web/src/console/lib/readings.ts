/** The values in a revealed `fields` element: what was read, by the name of the field. */

/** Finds `{text: …}` by field names wherever the sides keep them. */
export function readings(json: string): Record<string, string> {
  const found: Record<string, string> = {}
  let evidence: unknown
  try {
    evidence = JSON.parse(json)
  } catch {
    return found
  }
  for (const side of ['portrait_side', 'emblem_side']) {
    const fields = fieldsOf((evidence as Record<string, unknown> | null)?.[side])
    for (const [name, field] of Object.entries(fields ?? {})) {
      const text = (field as { text?: unknown } | null)?.text
      if (typeof text === 'string') found[name] = text
    }
  }
  return found
}

function fieldsOf(side: unknown): object | undefined {
  if (typeof side !== 'object' || side === null) return undefined
  if ('fields' in side && typeof side.fields === 'object' && side.fields !== null) return side.fields
  for (const inner of Object.values(side)) {
    const fields = fieldsOf(inner)
    if (fields) return fields
  }
  return undefined
}

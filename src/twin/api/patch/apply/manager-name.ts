/** Bytes that a manager's name may have. Source: Kubernetes API reference, `fieldManager`. */
const maxNameLength = 128

/** Who writes: the request's `fieldManager`, or what the client calls itself (`kubectl` of `kubectl/v1.20.2 (linux/amd64) …`). */
export function managerName(fieldManager: string | null | undefined, userAgent: string | null | undefined): string {
  if (fieldManager) return fieldManager
  const [name = ''] = (userAgent ?? '').split('/')
  const printable = [...name].filter(isPrintable)
  return printable.slice(0, maxNameLength).join('') || 'unknown'
}

/** Whether a manager's name may hold this character: a letter, mark, number, punctuation, symbol or the plain space. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)
}

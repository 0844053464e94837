/** Shorter values would mask half of every log, and are no secrets worth the name. */
const shortest = 4

/**
 * Replaces every value of a Secret in a text by `***`: whole values, and single lines of values that have several (a script, a key).
 * Longer values first, so that one that contains another leaves nothing behind.
 */
export function maskSecrets(text: string, values: readonly string[]): string {
  const lines = values.flatMap((v) => [v, ...v.split(/\r?\n/)]).map((v) => v.trim())
  const masked = [...new Set(lines)].filter((v) => v.length >= shortest).sort((a, b) => b.length - a.length)
  return masked.reduce((masking, value) => masking.replaceAll(value, '***'), text)
}

/** `v1`, `v2beta1`, `v1alpha3`. */
const pattern = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/

/**
 * Orders versions of an API as the server prefers them: general availability, beta, alpha, each with the highest number first, then
 * whatever is no such version, by its letters. Source: Kubernetes, Versions in CustomResourceDefinitions, version priority.
 */
export function compareApiVersions(a: string, b: string): number {
  const [first, second] = [ranksOf(a), ranksOf(b)]
  if (first === undefined || second === undefined) {
    if (first !== undefined) return -1
    if (second !== undefined) return 1
    return a < b ? -1 : a > b ? 1 : 0
  }
  for (const [index, rank] of first.entries()) {
    const difference = (second[index] ?? 0) - rank
    if (difference !== 0) return difference
  }
  return 0
}

function ranksOf(version: string): readonly number[] | undefined {
  const match = pattern.exec(version)
  if (match === null) return undefined
  const [, major, stage, minor] = match
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0
  return [stability, Number(major), Number(minor ?? 0)]
}

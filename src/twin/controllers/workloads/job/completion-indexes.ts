import type { KubeObject } from '../../../kube-object.ts'

export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

/** Which part of an Indexed Job a pod does; `undefined` when it does not say. */
export function completionIndex(pod: KubeObject): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** `1,3-5,7` as numbers; what is no number or not below `completions` is left out. Source: Kubernetes API reference, JobStatus. */
export function parseIndexes(text: string, completions: number): readonly number[] {
  const indexes: number[] = []
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (match === null) continue
    const last = Math.min(Number(match[2] ?? match[1]), completions - 1)
    for (let index = Number(match[1]); index <= last; index++) indexes.push(index)
  }
  return indexes
}

/** Indexes in their order; three and more that follow each other as a range. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] ?? 0
    let end = at
    while (sorted[end + 1] === first + (end + 1 - at)) end += 1
    const last = sorted[end] ?? first
    if (end - at >= 2) parts.push(`${first}-${last}`)
    else parts.push(...sorted.slice(at, end + 1).map(String))
    at = end + 1
  }
  return parts.join(',')
}

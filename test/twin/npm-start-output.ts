/** A node that reports another version. */
export interface VersionChange {
  readonly node: string
  readonly from: string
  readonly to: string
}

/** In the order in which they were seen. */
export function versionChanges(output: string): readonly VersionChange[] {
  return [...output.matchAll(/(\S+) has (\S+) now, (\S+) before/g)].map(([, node = '', to = '', from = '']) => ({ node, from, to }))
}

export interface Drain {
  readonly node: string
  /** Movable pods on it when it was cordoned, and those that were still there when it had its new version. */
  readonly held: readonly string[]
  readonly stayed: readonly string[]
}

/** What the lines tell of nodes that are drained once. */
export function drainsOf(output: string, nodes: readonly string[]): readonly Drain[] {
  return nodes.map((node) => {
    const cordoned = output.search(new RegExp(`${node} is Ready,SchedulingDisabled`))
    const upgraded = output.search(new RegExp(`${node} has `))
    return { node, held: podsOn(node, output.slice(0, cordoned)), stayed: podsOn(node, output.slice(0, upgraded)) }
  })
}

/** The movable pods of a node at the end of these lines. */
function podsOn(node: string, lines: string): readonly string[] {
  const pods = new Set<string>()
  for (const [, pod = '', act] of lines.matchAll(new RegExp(`(\\S+) (runs on|leaves) ${node}\\n`, 'g'))) {
    if (act === 'leaves') pods.delete(pod)
    else pods.add(pod)
  }
  return [...pods]
}

/** Each time that a node was cordoned, with all that are cordoned then. */
export function cordons(output: string): readonly { readonly node: string; readonly together: readonly string[] }[] {
  const cordoned = new Set<string>()
  return [...output.matchAll(/ {2}(\S+) is (?:Not)?Ready(,SchedulingDisabled)?\b/g)].flatMap(([, node = '', mark]) => {
    if (mark === undefined) cordoned.delete(node)
    if (mark === undefined || cordoned.has(node)) return []
    cordoned.add(node)
    return [{ node, together: [...cordoned] }]
  })
}

/** Pods that a drain could not move until another pod of their namespace had come to serve. */
export function podsHeldUp(output: string, budget: string): readonly string[] {
  // as many as have to be healthy: none may go
  const told = output.matchAll(
    new RegExp(`\\S+ waits: .*; (\\S+) waits for PodDisruptionBudget ${budget} \\(needs (\\d+) healthy, has \\2\\)`, 'g'),
  )
  const heldUp = [...told].filter(({ 1: pod = '', index }) => {
    const until = output.slice(index).split(`${pod} leaves `)[0] ?? ''
    return new RegExp(` ${pod.replace(/\/.*/, '')}/\\S+ runs on `).test(until)
  })
  return [...new Set(heldUp.map(([, pod = '']) => pod))]
}

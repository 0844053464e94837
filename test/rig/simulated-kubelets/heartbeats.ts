import type { KubeletNode } from './kubelet-node.ts'

/** One write of one kubelet, e.g. of its status or its Lease. */
type Beat = (node: KubeletNode) => Promise<unknown>

/** Lets one node after the other beat, `perSecond` in all; a beat is left out while 32 are unanswered. Gives what stops it. */
export function startHeartbeats(nodes: () => readonly KubeletNode[], perSecond: () => number, beat: Beat): () => Promise<void> {
  const tickMs = 20
  const open = new Set<Promise<unknown>>()
  let due = 0
  let next = 0
  const timer = setInterval(() => {
    const all = nodes()
    for (due += (perSecond() * tickMs) / 1000; due >= 1; due--) {
      const node = all[next++ % all.length]
      if (node === undefined || open.size >= 32) continue
      const write = beat(node).catch(() => undefined)
      open.add(write)
      void write.finally(() => open.delete(write))
    }
  }, tickMs)
  return async () => {
    clearInterval(timer)
    await Promise.all(open)
  }
}

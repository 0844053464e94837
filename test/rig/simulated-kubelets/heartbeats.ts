import type { KubeletNode } from './kubelet-node.ts'

/** Writes the status of one node after the other, `perSecond` in all; a tick is left out while 32 writes are unanswered. */
export function startHeartbeats(nodes: () => readonly KubeletNode[], perSecond: number): () => Promise<void> {
  const tickMs = Math.max(20, Math.floor(1000 / perSecond))
  const perTick = (perSecond * tickMs) / 1000
  const open = new Set<Promise<unknown>>()
  let due = 0
  let next = 0
  const timer = setInterval(() => {
    const all = nodes()
    for (due += perTick; due >= 1; due--) {
      const node = all[next++ % all.length]
      if (node === undefined || open.size >= 32) continue
      const write = node.heartbeat().catch(() => undefined)
      open.add(write)
      void write.finally(() => open.delete(write))
    }
  }, tickMs)
  return async () => {
    clearInterval(timer)
    await Promise.all(open)
  }
}

/** Unanswered at a time. */
const mostOpen = 32
const tickMs = 20

/**
 * Lets one node after the other write its status, `perSecond` in all, also where the machine lets a tick come late; one is left out while 32
 * are unanswered. Gives what stops it.
 */
export function startStatusChurn(
  nodes: () => readonly string[],
  perSecond: number,
  write: (node: string) => Promise<void>,
): () => Promise<void> {
  const open = new Set<Promise<void>>()
  let due = 0
  let next = 0
  let countedMs = performance.now()
  const timer = setInterval(() => {
    const all = nodes()
    const nowMs = performance.now()
    due = Math.min(due + (perSecond * (nowMs - countedMs)) / 1000, mostOpen)
    countedMs = nowMs
    for (; due >= 1; due--) {
      const node = all[next++ % all.length]
      if (node === undefined || open.size >= mostOpen) continue
      const written = write(node)
      open.add(written)
      void written.finally(() => open.delete(written))
    }
  }, tickMs)
  return async () => {
    clearInterval(timer)
    await Promise.all(open)
  }
}

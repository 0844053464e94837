/** What a container or a node uses at some moment. */
export interface Usage {
  /** In billionths of a core. */
  readonly cpuNanos: number
  readonly memoryBytes: number
}

/** What the measured thing may use; 0 where it has not asked for any. CPU in thousandths of a core. */
export interface UsageBasis {
  readonly cpuMillis: number
  readonly memoryBytes: number
}

/** A new measurement begins so often. Source: metrics-server, metric-resolution. */
export const resolutionMs = 15_000

const mebibyte = 1024 * 1024

/**
 * A believable measurement of a container, the same for the same `id` within one resolution: most use a part of the CPU they ask for and most
 * of the memory; those that ask for nothing use little.
 */
export function containerUsage(id: string, { cpuMillis, memoryBytes }: UsageBasis, nowMs: number): Usage {
  const cpu = cpuMillis === 0 ? between(1, 25, id, 'cpu') : cpuMillis * between(0.15, 0.65, id, 'cpu')
  const memory = memoryBytes === 0 ? between(16, 96, id, 'memory') * mebibyte : memoryBytes * between(0.5, 0.9, id, 'memory')
  const turn = `${id}/${Math.floor(nowMs / resolutionMs)}`
  return {
    cpuNanos: Math.round(cpu * 1e6 * between(0.85, 1.15, turn, 'cpu')),
    memoryBytes: Math.round(memory * between(0.97, 1.03, turn, 'memory')),
  }
}

/** What a node needs for itself: kubelet, runtime and system. `capacity` is what the machine has. */
export function systemUsage(id: string, capacity: UsageBasis, nowMs: number): Usage {
  const turn = `${id}/${Math.floor(nowMs / resolutionMs)}`
  return {
    cpuNanos: Math.round(capacity.cpuMillis * between(0.02, 0.05, id, 'cpu') * 1e6 * between(0.8, 1.2, turn, 'cpu')),
    memoryBytes: Math.round(capacity.memoryBytes * between(0.06, 0.1, id, 'memory')),
  }
}

export function sumOfUsage(usages: readonly Usage[]): Usage {
  return {
    cpuNanos: usages.reduce((sum, { cpuNanos }) => sum + cpuNanos, 0),
    memoryBytes: usages.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  }
}

/** As metrics-server writes it. */
export function usageQuantities({ cpuNanos, memoryBytes }: Usage): { readonly cpu: string; readonly memory: string } {
  return { cpu: cpuNanos === 0 ? '0' : `${cpuNanos}n`, memory: memoryBytes < 1024 ? '0' : `${Math.floor(memoryBytes / 1024)}Ki` }
}

/** Always the same number for the same text. */
function between(low: number, high: number, ...text: readonly string[]): number {
  return low + (high - low) * shareOf(text.join('/'))
}

/** In [0, 1): FNV-1a, with its bits mixed once more because texts here differ in their last letters. */
function shareOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

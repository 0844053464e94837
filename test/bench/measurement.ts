/** Who did the rollout. */
export type Contender = 'floor' | 'Falkirk' | 'SUC 0.20.1'

/** What one rollout took. */
export interface Measurement {
  readonly contender: Contender
  readonly nodes: number
  readonly concurrency: number
  /** From the start of the rollout (the Plan's creation; the floor's first Job) to the last node's label. */
  readonly wallSeconds: number
  /** Of the contender's own user, from its start until shortly after the end. */
  readonly requests: number
  /** User and system time from its start. */
  readonly cpuSeconds: number
  readonly peakMib: number
  /** From the start of its process until /readyz says so, with all nodes there and no Plan. */
  readonly readySeconds?: number
  /** `verb resource` to count. */
  readonly requestKinds?: Readonly<Record<string, number>>
  /** What must not be: more Jobs at once than allowed, a node with two Jobs. Empty when all is well. */
  readonly faults: readonly string[]
}

/** Upper bounds that Falkirk sets itself. */
export interface Goal {
  /** Times the floor of the same run. */
  readonly wallRatio: number
  readonly requestsPerNode: number
  readonly cpuSeconds: number
  readonly peakMib: number
}

/** Of the larger scenario; the smaller one has no goals of its own for CPU time and memory. */
export const goal: Goal = { wallRatio: 1.05, requestsPerNode: 4, cpuSeconds: 13, peakMib: 150 }

/** Measured once, on another day, against the same kind of API server with simulated kubelets on two cores. */
export const reference: readonly Measurement[] = [
  { contender: 'SUC 0.20.1', nodes: 100, concurrency: 10, wallSeconds: 128.9, requests: 966, cpuSeconds: 6.3, peakMib: 81, faults: [] },
  { contender: 'SUC 0.20.1', nodes: 1000, concurrency: 50, wallSeconds: 511.1, requests: 5970, cpuSeconds: 132, peakMib: 286, faults: [] },
]

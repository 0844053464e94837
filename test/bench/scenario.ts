/** One size of the rollout that is measured. */
export interface Scenario {
  readonly nodes: number
  readonly concurrency: number
  /** How long the upgrade container of a node runs. */
  readonly jobSeconds: number
  /** Node status updates a second while the rollout runs, over all nodes. */
  readonly heartbeatsPerSecond: number
}

export const plan = 'bench'
export const namespace = 'system-upgrade'
/** What nodes report before and after. */
export const versions = { before: 'v1.20.2+k3s1', after: 'v1.20.3+k3s1' } as const

/** Names a scenario as the tables do: `1,000 at 50`. */
export function scenarioName({ nodes, concurrency }: Scenario): string {
  return `${nodes.toLocaleString('en-US')} at ${concurrency}`
}

/** What is to be measured: both sizes, or the small one alone. */
export function scenarios(options: { quick: boolean; heartbeatsPerSecond: number }): Scenario[] {
  const { heartbeatsPerSecond } = options
  const small = { nodes: 100, concurrency: 10, jobSeconds: 10, heartbeatsPerSecond }
  const large = { nodes: 1000, concurrency: 50, jobSeconds: 10, heartbeatsPerSecond }
  return options.quick ? [small] : [small, large]
}

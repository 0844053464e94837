import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What Prometheus can read at /metrics. Every name begins with `falkirk_`. */
export interface ControllerMetrics {
  readonly registry: Registry
  readonly decisions: Counter<'plan'>
  readonly decisionSeconds: Histogram<never>
  readonly actions: Counter<'kind' | 'outcome'>
  readonly statusWrites: Counter<'plan'>
  readonly nodesInProgress: Gauge<'plan'>
  readonly nodesFailed: Gauge<'plan'>
  readonly planComplete: Gauge<'plan'>
  readonly channelPolls: Counter<'outcome'>
  /** Depth and age of a queue are read when somebody asks. */
  readonly watchQueue: (queue: { depth(): number; oldestMs(): number }) => void
  readonly leader: Gauge<never>
}

export function createMetrics(): ControllerMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'falkirk_' })
  const registers = [registry]
  let queue = { depth: () => 0, oldestMs: () => 0 }
  gauge('falkirk_queue_depth', 'Plans that wait to be decided on.', () => queue.depth())
  gauge('falkirk_queue_oldest_seconds', 'How long the oldest of them waits.', () => queue.oldestMs() / 1000)
  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  return {
    registry,
    decisions: new Counter({ name: 'falkirk_plan_decisions_total', help: 'Decisions made, by Plan.', labelNames: ['plan'], registers }),
    decisionSeconds: new Histogram({
      name: 'falkirk_plan_decision_seconds',
      help: 'How long one decision takes to compute.',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
      registers,
    }),
    actions: new Counter({
      name: 'falkirk_plan_actions_total',
      help: 'Actions carried out for Plans, by kind and outcome.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    statusWrites: new Counter({
      name: 'falkirk_plan_status_writes_total',
      help: 'Writes of a Plan status.',
      labelNames: ['plan'],
      registers,
    }),
    nodesInProgress: new Gauge({
      name: 'falkirk_plan_nodes_in_progress',
      help: 'Nodes that hold a slot.',
      labelNames: ['plan'],
      registers,
    }),
    nodesFailed: new Gauge({
      name: 'falkirk_plan_failed',
      help: '1 while Complete is False for a failed node.',
      labelNames: ['plan'],
      registers,
    }),
    planComplete: new Gauge({ name: 'falkirk_plan_complete', help: '1 while the Plan is complete.', labelNames: ['plan'], registers }),
    channelPolls: new Counter({ name: 'falkirk_channel_polls_total', help: 'Polls of channels.', labelNames: ['outcome'], registers }),
    watchQueue: (next) => {
      queue = next
    },
    leader: new Gauge({ name: 'falkirk_leader', help: '1 while this replica decides.', registers }),
  }
}

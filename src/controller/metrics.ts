import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What Prometheus can read at /metrics. Every name begins with `falkirk_`. */
export type ControllerMetrics = ReturnType<typeof createMetrics>

type Queue = { depth(): number; oldestMs(): number }

/** Makes the metrics in a registry of their own. */
export function createMetrics() {
  const registry = new Registry()
  const queue = queueMetrics(registry)
  return { registry, ...planMetrics(registry), ...loopMetrics(registry), watchQueue: queue.watch, oldestMs: queue.oldestMs }
}

/** Adds what there is to know of the process itself: memory, processor time, the event loop. Once in a process. */
export function measureProcess({ registry }: Pick<ControllerMetrics, 'registry'>): void {
  collectDefaultMetrics({ register: registry, prefix: 'falkirk_' })
}

function planMetrics(registry: Registry) {
  const registers = [registry]
  const labelNames = ['plan'] as const
  return {
    decisions: new Counter({ name: 'falkirk_plan_decisions_total', help: 'Decisions carried out.', labelNames, registers }),
    statusWrites: new Counter({ name: 'falkirk_plan_status_writes_total', help: 'Writes of a Plan status.', labelNames, registers }),
    nodesInProgress: new Gauge({ name: 'falkirk_plan_nodes_in_progress', help: 'Nodes that hold a slot.', labelNames, registers }),
    planFailed: new Gauge({ name: 'falkirk_plan_failed', help: '1 while a node of the Plan has failed.', labelNames, registers }),
    planComplete: new Gauge({ name: 'falkirk_plan_complete', help: '1 while the Plan is complete.', labelNames, registers }),
  }
}

function loopMetrics(registry: Registry) {
  const registers = [registry]
  const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5]
  return {
    decisionSeconds: new Histogram({ name: 'falkirk_plan_decision_seconds', help: 'How long one decision takes.', buckets, registers }),
    actions: new Counter({
      name: 'falkirk_plan_actions_total',
      help: 'Actions carried out, by kind and outcome.',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    channelPolls: new Counter({
      name: 'falkirk_channel_polls_total',
      help: 'Polls of channels.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    leader: new Gauge({ name: 'falkirk_leader', help: '1 while this replica decides.', registers }),
  }
}

/** Depth and age of the queue are read when somebody asks. */
function queueMetrics(registry: Registry) {
  let queue: Queue = { depth: () => 0, oldestMs: () => 0 }
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('falkirk_queue_depth', 'Plans that wait to be decided on.', () => queue.depth())
  gauge('falkirk_queue_oldest_seconds', 'How long the oldest of them waits.', () => queue.oldestMs() / 1000)
  return {
    watch: (next: Queue) => {
      queue = next
    },
    oldestMs: () => queue.oldestMs(),
  }
}

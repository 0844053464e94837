import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { PlanEvent } from '../../core/plan/plan-decision.ts'

/** What an event names its Plan by. */
export interface PlanIdentity {
  readonly name: string
  readonly namespace: string
  readonly uid: string
}

/**
 * Tells the events of decisions. A decision whose actions are refused is made again until they are not: what it tells is told once.
 */
export class PlanEvents {
  readonly #recorder: EventRecorder
  /** By Plan: what was told of a decision that is not carried out yet. */
  readonly #pending = new Map<string, ReadonlySet<string>>()

  constructor(recorder: EventRecorder) {
    this.#recorder = recorder
  }

  /** Records the events of a decision, before its actions are carried out. */
  tell({ name, namespace, uid }: PlanIdentity, events: readonly PlanEvent[]): void {
    const before = this.#pending.get(name)
    const object = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name, namespace, uid }
    for (const event of events) if (!before?.has(keyOf(event))) this.#recorder.record({ object, ...event })
    this.#pending.set(name, new Set(events.map(keyOf)))
  }

  /** The decision was carried out: what comes to the same later is told again. */
  settle(plan: string): void {
    this.#pending.delete(plan)
  }
}

/** What happened, without what is known beside it: of a Job that failed, less is known once its condition speaks of the refusal instead. */
function keyOf({ reason, message }: PlanEvent): string {
  return `${reason} ${message.split('; ')[0]}`
}

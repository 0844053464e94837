import { isForbidden } from '../../cluster/api-error.ts'
import { plans } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { drainStatusAnnotation } from '../../core/plan/drain-status.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Shell } from '../shell.ts'

/** Rights that were refused may have been granted since: asked for again this often at most. */
const refusalHoldsMs = 60_000

/** Keeps the annotation `falkirk.dev/drain-status` of Plans. It only tells people how a drain stands: without the right to write it, drains go on. */
export class DrainStatusWriter {
  readonly #shell: Pick<Shell, 'client' | 'clock' | 'log' | 'namespace'>
  #refusedUntilMs = 0

  constructor(shell: Pick<Shell, 'client' | 'clock' | 'log' | 'namespace'>) {
    this.#shell = shell
  }

  /**
   * Writes what is to be said, `null` for nothing, unless the Plan says it already; gives the Plan as it is then.
   * @throws what the API server answered, but for a right that is missing
   */
  async write({ metadata }: Plan, said: string | null): Promise<KubeObject | undefined> {
    const { client, clock, log, namespace } = this.#shell
    if ((metadata.annotations?.[drainStatusAnnotation] ?? null) === said || clock.now() < this.#refusedUntilMs) return undefined
    const body = { metadata: { annotations: { [drainStatusAnnotation]: said } } }
    try {
      return await client.patch<KubeObject>(plans, { namespace, name: metadata.name }, { type: 'merge', body })
    } catch (err) {
      if (!isForbidden(err)) throw err
      this.#refusedUntilMs = clock.now() + refusalHoldsMs
      log.warn({ plan: metadata.name, err }, 'how the drain stands cannot be written to the plan')
      return undefined
    }
  }
}

import { isForbidden } from '../../cluster/api-error.ts'
import { ObjectCache } from '../../cluster/object-cache.ts'
import type { Reflector } from '../../cluster/reflector.ts'
import { persistentVolumes, volumeAttachments } from '../../cluster/resource.ts'
import type { ReflectorProblem } from '../../cluster/watch-fault.ts'
import { type AttachmentFacts, attachmentFacts, type VolumeClaim, volumeClaim } from '../../core/drain/volume-attachment.ts'
import type { KnownVolumes } from '../../core/drain/volumes-left.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import type { Shell } from '../shell.ts'
import { reflect } from './plan-caches.ts'

const byNode = 'node'
/** A volume that could not be read is asked for again after this time, and one that may not be read. */
const retryMs = 5_000
const forbiddenRetryMs = 60_000

interface Watch {
  readonly attachments: ObjectCache<AttachmentFacts>
  readonly reflector: Reflector
  isWatching: boolean
  problem?: ReflectorProblem
}

/**
 * Watches VolumeAttachments from the first node on that is about to be drained until it is told to stop, and reads the PersistentVolumes that decisions
 * ask for. A cluster without volumes costs one list of nothing.
 */
export class WatchedVolumes {
  readonly #shell: Shell
  readonly #onChange: () => void
  readonly #claims = new Map<string, VolumeClaim>()
  /** PersistentVolumes that have been asked for, and are not to be asked for again yet. */
  readonly #asked = new Set<string>()
  #watch: Watch | undefined
  #nodes: ReadonlySet<string> = new Set()
  readonly #cancels = new Set<() => void>()

  constructor(shell: Shell, onChange: () => void) {
    this.#shell = shell
    this.#onChange = onChange
  }

  /** What happens to the volumes of these nodes is told from now on; the claims of these PersistentVolumes are read. */
  watch(nodes: readonly string[], volumes: readonly string[]): void {
    this.#nodes = new Set(nodes)
    this.#watch ??= this.#begin()
    for (const name of volumes) void this.#lookUp(name)
  }

  get(): KnownVolumes {
    const { attachments, isWatching, problem } = this.#watch ?? {}
    if (attachments === undefined) return {}
    // a server without the API attaches nothing
    if (problem !== undefined && problem.reason !== 'NotFound') return { volumesProblem: problem.message }
    if (!isWatching && problem === undefined) return {}
    return { volumes: { attachments: { get: (node) => attachments.byIndex(byNode, node) }, claims: this.#claims } }
  }

  /** Epoch milliseconds of the last proof that what is known is fresh; the end of time while nothing has to be. */
  freshSinceMs(): number {
    const { reflector, isWatching, problem } = this.#watch ?? {}
    return reflector === undefined || !isWatching || problem !== undefined ? Number.POSITIVE_INFINITY : reflector.lastContactMs()
  }

  /** Ends the watch, and forgets what was known. */
  async stop(): Promise<void> {
    const { reflector, problem } = this.#watch ?? {}
    if (problem !== undefined) this.#shell.onReflectorProblem(volumeAttachments.plural, undefined)
    this.#watch = undefined
    this.#claims.clear()
    this.#asked.clear()
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
    await reflector?.stop()
  }

  #begin(): Watch {
    const attachments = new ObjectCache<AttachmentFacts>({ trim: attachmentFacts, log: this.#shell.log })
    attachments.index(byNode, ({ nodeName }) => [nodeName])
    attachments.onChange(({ object: { nodeName } }) => this.#nodes.has(nodeName) && this.#onChange())
    const onReflectorProblem: Shell['onReflectorProblem'] = (plural, problem) => this.#noteProblem(watch, plural, problem)
    const reflector = reflect({ ...this.#shell, onReflectorProblem }, volumeAttachments, attachments, {})
    const watch: Watch = { attachments, reflector, isWatching: false }
    const watching = () => {
      watch.isWatching = true
      this.#onChange()
    }
    Promise.all([reflector.synced, reflector.watching]).then(watching, () => {})
    return watch
  }

  #noteProblem(watch: Watch, plural: string, problem: ReflectorProblem | undefined): void {
    if (watch !== this.#watch) return
    // what is not there is not asked for again
    if (problem?.reason === 'NotFound') void watch.reflector.stop()
    else this.#shell.onReflectorProblem(plural, problem)
    if (problem === undefined) delete watch.problem
    else watch.problem = problem
    this.#onChange()
  }

  async #lookUp(name: string): Promise<void> {
    if (this.#asked.has(name)) return
    this.#asked.add(name)
    const watch = this.#watch
    const claim = await this.#shell.client.find<KubeObject>(persistentVolumes, { name }).then(volumeClaim, unread)
    if (watch !== this.#watch) return
    if (claim !== undefined) this.#claims.set(name, claim)
    if (claim === undefined || claim.kind === 'Unread') this.#forgetAfter(name, claim === undefined ? retryMs : forbiddenRetryMs)
    this.#onChange()
  }

  #forgetAfter(name: string, ms: number): void {
    const again = () => {
      this.#cancels.delete(cancel)
      this.#asked.delete(name)
      this.#onChange()
    }
    const cancel = this.#shell.clock.after(ms, again)
    this.#cancels.add(cancel)
  }
}

/** Any other failure passes. */
function unread(error: unknown): VolumeClaim | undefined {
  return isForbidden(error) ? { kind: 'Unread', problem: 'PersistentVolumes may not be read, docs/rbac.md has the right' } : undefined
}

import type { PodSpec } from 'kubernetes-types/core/v1'
import { newUid } from '../../api/object-name.ts'
import { apiTime } from '../../api-time.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { strategyOf } from '../../schema/strategies/strategy-of.ts'
import { seededRandom } from '../../time/seeded-random.ts'
import type { ClusterShape } from './cluster-shape.ts'

/** A twin that is made with the same seed must not give the UIDs again that are in use here. */
const ownStream = 0x5bf03635

/** Makes drafts into objects as they stand in a cluster that has run for a while: with UID, age, generation and defaults. */
export class ObjectMaker {
  readonly shape: ClusterShape
  readonly random: () => number
  readonly objects: KubeObject[] = []
  readonly #places = new Map<string, number>()
  readonly #times = new Map<number, string>()

  constructor(shape: ClusterShape) {
    this.shape = shape
    this.random = seededRandom(shape.seed ^ ownStream)
  }

  /** `resource` as the store names it: its defaults are filled in. Keeps the object. */
  make(resource: string, draft: DraftObject, ageSeconds: number): KubeObject {
    const { minor, nowMs } = this.shape
    const strategy = strategyOf(resource)
    const full = strategy.defaults?.(draft, { minor, nowMs }) ?? draft
    const metadata = {
      name: '',
      ...full.metadata,
      uid: draft.metadata?.uid ?? newUid(this.random),
      resourceVersion: '',
      creationTimestamp: this.timeOf(ageSeconds),
      ...(strategy.countsGeneration === true ? { generation: 1 } : {}),
    }
    const object = as<KubeObject>({ ...full, metadata })
    this.#places.set(metadata.uid, this.objects.length)
    this.objects.push(object)
    return object
  }

  /** Puts a later state in the place of an object that was made here. */
  replace(object: KubeObject, next: KubeObject): void {
    const place = this.#places.get(object.metadata.uid)
    if (place !== undefined) this.objects[place] = next
  }

  /** The spec of a pod with what the server and its admission fill in; made once for a template and shared by its pods. */
  podSpec(spec: PodSpec): PodSpec {
    const { minor, nowMs } = this.shape
    const draft = as<DraftObject>({ spec: { serviceAccountName: 'default', serviceAccount: 'default', ...spec } as unknown })
    const full = strategyOf('pods').defaults?.(as<DraftObject>({ ...draft }), { minor, nowMs }) ?? draft
    return { priority: 0, ...(full.spec as PodSpec), tolerations: [...(spec.tolerations ?? []), ...patience] }
  }

  /** So many seconds ago, as the API writes it. */
  timeOf(ageSeconds: number): string {
    const known = this.#times.get(ageSeconds)
    if (known !== undefined) return known
    const time = apiTime(this.shape.nowMs - ageSeconds * 1000)
    this.#times.set(ageSeconds, time)
    return time
  }

  /** One of a list. */
  choose<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T
  }
}

/** How long pods stay on a node in trouble. Source: Kubernetes, admission plugin DefaultTolerationSeconds. */
const patience = ['not-ready', 'unreachable'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))

import type { Container, ContainerStatus, PodSpec, PodStatus } from 'kubernetes-types/core/v1'
import { generatedName, newUid } from '../../api/object-name.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { imageId } from '../../kubelet/pod/container-id.ts'
import { memoOfObject } from '../../object-memo.ts'
import { type Ipv4Range, parseIpv4Range, podAddressIn } from '../../pod-network.ts'
import { qosClassOf } from '../../schema/strategies/pod-qos.ts'
import type { GeneratedNode } from './node-objects.ts'
import type { NodeRoom } from './node-room.ts'
import type { ObjectMaker } from './object-maker.ts'

/** Makes pods that have been running on their nodes for a while. Pods of one owner share all that is the same in them. */
export class RunningPods {
  readonly #maker: ObjectMaker
  readonly #room: NodeRoom
  readonly #names = new Set<string>()
  readonly #conditions = new Map<string, NonNullable<PodStatus['conditions']>>()

  constructor(maker: ObjectMaker, room: NodeRoom) {
    this.#maker = maker
    this.#room = room
  }

  /** `draft` is as a controller creates it, `spec` its defaulted spec (shared), `node` where it runs. */
  add(draft: DraftObject, spec: PodSpec, node: GeneratedNode, ageSeconds: number): KubeObject {
    const { shape, random, objects } = this.#maker
    const startedAt = this.#maker.timeOf(ageSeconds)
    const uid = newUid(random)
    const { generateName } = draft.metadata ?? {}
    const metadata = {
      name: generateName === undefined ? '' : this.#newName(generateName, draft.metadata?.namespace),
      ...draft.metadata,
      uid,
      resourceVersion: '',
      creationTimestamp: startedAt,
    }
    const status = runningStatus({
      spec,
      uid,
      startedAt,
      node,
      minor: shape.minor,
      podIp: this.#address(node),
      conditions: this.#conditionsSince(startedAt),
    })
    const object = as<KubeObject>({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeName: node.machine.name }, status })
    objects.push(object)
    return object
  }

  /** One that no pod of the namespace has: of thousands with one prefix two would be alike. */
  #newName(prefix: string, namespace = ''): string {
    for (;;) {
      const name = generatedName(prefix, this.#maker.random)
      const key = `${namespace}/${name}`
      if (this.#names.has(key)) continue
      this.#names.add(key)
      return name
    }
  }

  /** All pods that began in one second share them. */
  #conditionsSince(startedAt: string): NonNullable<PodStatus['conditions']> {
    const conditions = this.#conditions.get(startedAt) ?? conditionsSince(startedAt, this.#maker.shape.minor)
    this.#conditions.set(startedAt, conditions)
    return conditions
  }

  #address(node: GeneratedNode): string {
    return podAddressIn(parsedRange(node), this.#room.podsOn(node))
  }
}

const parsedRange = memoOfObject(({ podRange }: GeneratedNode): Ipv4Range => {
  const range = parseIpv4Range(podRange)
  if (range === undefined) throw new RangeError(`${podRange} is no range of IPv4 addresses`)
  return range
})

interface Running {
  readonly spec: PodSpec
  readonly uid: string
  readonly startedAt: string
  readonly node: GeneratedNode
  readonly minor: number
  readonly podIp: string
  readonly conditions: NonNullable<PodStatus['conditions']>
}

/** Pods of one owner share their spec. */
const qosClass = memoOfObject(qosClassOf)

/** As a kubelet writes it of a pod with whose containers all is well. Source: Kubernetes API reference, PodStatus. */
function runningStatus({ spec, uid, startedAt, node, minor, podIp, conditions }: Running): PodStatus {
  const { address, runtime } = node.machine
  const ip = spec.hostNetwork === true ? address : podIp
  return {
    phase: 'Running',
    conditions,
    hostIP: address,
    ...(minor >= 29 ? { hostIPs: [{ ip: address }] } : {}),
    podIP: ip,
    podIPs: [{ ip }],
    startTime: startedAt,
    containerStatuses: spec.containers.map((container, index) =>
      containerStatus(container, `${runtime.name}://${idOf(uid, index)}`, startedAt),
    ),
    qosClass: qosClass(spec),
  }
}

/** 64 hexadecimal digits. */
function idOf(uid: string, index: number): string {
  const digits = uid.replaceAll('-', '')
  return `${digits}${index.toString(16).padStart(2, '0')}${digits.slice(2)}`
}

function containerStatus({ name, image = '' }: Container, containerID: string, startedAt: string): ContainerStatus {
  return {
    name,
    state: { running: { startedAt } },
    lastState: {},
    ready: true,
    restartCount: 0,
    image,
    imageID: imageId(image),
    containerID,
    started: true,
  }
}

function conditionsSince(startedAt: string, minor: number): NonNullable<PodStatus['conditions']> {
  const types = [...(minor >= 29 ? ['PodReadyToStartContainers'] : []), 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']
  const conditions = types.map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: startedAt }))
  return conditions as unknown as NonNullable<PodStatus['conditions']>
}

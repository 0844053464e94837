import type { Clock } from '../../../cluster/clock.ts'
import { StatusError } from '../../api/status-error.ts'
import { apiTime } from '../../api-time.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { loadObjects } from '../../load/load-objects.ts'
import type { Twin } from '../../twin.ts'
import type { Step } from '../scenario-steps.ts'
import type { FaultBoard } from './fault-board.ts'

export interface StepGround {
  readonly twin: Twin
  readonly board: FaultBoard
  readonly clock: Clock
}

type Undo = () => void
type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>
type Acts = { readonly [K in Step['kind']]: (step: StepOf<K>, ground: StepGround) => Undo | undefined | Promise<Undo | undefined> }

const nothing = () => undefined

const acts: Acts = {
  ApiAway: (_, { board, twin: { api, outage } }) => {
    const undos = [board.api.add({ kind: 'Break' }), outage.begin()]
    api.hub.breakAll()
    return () => {
      for (const undo of undos) undo()
    }
  },
  ApiSlow: ({ delay, requests }, { board }) => board.api.add({ kind: 'Delay', ms: delay }, requests),
  ApiErrors: ({ code, requests }, { board }) => board.api.add(refusal(code), requests),
  LostAnswers: ({ requests }, { board }) => board.api.add({ kind: 'LoseAnswer' }, requests),
  StaleWatches: ({ delay, requests }, { board }) => board.api.add({ kind: 'StaleWatch', ms: delay }, { ...requests, verbs: ['watch'] }),
  ApiServerDown: ({ node }, { twin }) => member(twin, node, { serving: false }, { serving: true }),
  EtcdMemberLost: ({ node }, { twin }) => member(twin, node, { etcd: 'Down' }, { etcd: 'Up' }),
  NodeDies: ({ node }, { twin: { fleet } }) => {
    fleet.kill(node)
    return () => fleet.revive(node)
  },
  NodeRebooted: ({ node }, { twin: { fleet } }) => {
    fleet.rebootMachine(node)
    return undefined
  },
  NodeRemoved: async ({ node }, { twin: { fleet, api } }) => {
    fleet.removeNode(node)
    await api.client.delete('nodes', { name: node })
    return undefined
  },
  KubeletSilent: ({ node }, { twin: { fleet } }) => {
    fleet.disconnect(node)
    return () => fleet.reconnect(node)
  },
  KubeletFlaps: flap,
  NodeUnready: ({ node, message }, { twin: { fleet } }) => {
    fleet.setUnready(node, message)
    return () => fleet.setUnready(node)
  },
  NodePressure: ({ node, pressure }, { twin: { fleet } }) => {
    fleet.setPressure(node, pressure, true)
    return () => fleet.setPressure(node, pressure, false)
  },
  ImageMissing: ({ image }, { board: { missingImages } }) => {
    missingImages.add(image)
    return () => missingImages.delete(image)
  },
  WebhookFails: ({ webhook, resources, message }, { board }) => board.webhooks.add({ name: webhook, resources, message }),
  ClockSkew: ({ by }, { board: { clock } }) => {
    clock.skewMs += by
    return () => {
      clock.skewMs -= by
    }
  },
  Apply: async ({ objects }, { twin }) => {
    for (const object of objects) await apply(twin, object as DraftObject)
    return undefined
  },
  Delete: async ({ resource, namespace, name }, { twin }) => {
    await twin.api.client.delete(resource, { namespace, name })
    return undefined
  },
  RolloutRestart: async ({ resource, namespace, name }, { twin, clock }) => {
    await twin.api.client.change(resource, { namespace, name }, (object) => restarted(object, clock.now()))
    return undefined
  },
}

/** Does what a step says; resolves with what undoes it, where that can be undone. Throws a RangeError for a node that is not there. */
export async function carryOutStep(step: Step, ground: StepGround): Promise<Undo> {
  const act = acts[step.kind] as (step: Step, ground: StepGround) => Undo | undefined | Promise<Undo | undefined>
  return (await act(step, ground)) ?? nothing
}

/** What an overloaded or broken server answers. Source: Kubernetes API reference, Status. */
function refusal(code: 429 | 500 | 503) {
  if (code === 429) return { kind: 'Overload', retryAfterSeconds: 1 } as const
  const reason = code === 500 ? 'InternalError' : 'ServiceUnavailable'
  const message = code === 500 ? 'Internal error occurred: a fault of the scenario' : 'the server is currently unable to handle the request'
  return { kind: 'Refuse', error: new StatusError(code, reason, message) } as const
}

type Member = Parameters<Twin['fleet']['controlPlane']['change']>[1]

function member({ fleet: { controlPlane } }: Twin, node: string, change: Member, back: Member): Undo {
  if (!controlPlane.members.some((one) => one.node === node)) throw new RangeError(`${node} is no member of the control plane`)
  controlPlane.change(node, change)
  return () => controlPlane.change(node, back)
}

function flap({ node, every }: StepOf<'KubeletFlaps'>, { twin: { fleet }, clock }: StepGround): Undo {
  let away = false
  let cancel: () => void = nothing
  const turn = () => {
    away = !away
    if (away) fleet.disconnect(node)
    else fleet.reconnect(node)
    cancel = clock.after(Math.max(every, 1000), turn)
  }
  turn()
  return () => {
    cancel()
    if (away) fleet.reconnect(node)
  }
}

/** What `kubectl replace` does with an object that is there; one that is not is created. */
async function apply(twin: Twin, object: DraftObject): Promise<void> {
  const { leftOut } = await loadObjects(twin, [object])
  const [problem] = leftOut
  if (problem === undefined) return
  const { apiVersion = '', kind = '', metadata: { namespace = 'default', name = '' } = {} } = object
  const type = twin.api.catalog.ofKind(apiVersion, kind)?.type
  if (type === undefined || !problem.why.includes('already exists')) throw new RangeError(`${kind} ${name}: ${problem.why}`)
  const resource = type.group === '' ? type.plural : `${type.plural}.${type.group}`
  const key = type.namespaced ? { namespace, name } : { name }
  const { metadata: _metadata, ...rest } = object
  await twin.api.client.change(resource, key, (current) => ({ ...current, ...rest, metadata: { ...current.metadata, ...object.metadata } }))
}

/** What `kubectl rollout restart` writes. */
function restarted(object: KubeObject, nowMs: number): DraftObject {
  const { spec } = as<{ spec: { template: { metadata?: { annotations?: Record<string, string> } } } }>(object)
  const annotations = { ...spec.template.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': apiTime(nowMs) }
  return { ...object, spec: { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, annotations } } } }
}

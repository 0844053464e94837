import type { SomeObject } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { pod, podSpec } from '../objects.ts'
import type { Steps } from '../steps.ts'

type Fields = Readonly<Record<string, unknown>>
type Condition = { type: string; status: string; reason: string; message: string }

const requests = (resources: Fields) => ({ containers: [{ name: 'main', image: 'x:1', resources: { requests: resources } }] })
const host = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'
const on = (node: string) => ({ nodeSelector: { [host]: node } })

const told = ({ status }: SomeObject) => (status.conditions as Condition[] | undefined)?.find(({ type }) => type === 'PodScheduled')
const decided = (object: SomeObject) => told(object)?.status === 'True' || told(object)?.reason === 'Unschedulable'

function verdict(c: Steps, name: string, holds: (condition: Condition) => boolean): Promise<unknown> {
  const pick = (object: SomeObject) => {
    const { status, reason, message } = told(object) as Condition
    return { status, reason, message }
  }
  return c.until(`pods/${name}`, (object) => decided(object) && holds(told(object) as Condition), { pick })
}

/** That a pod comes to a node. The scheduler may hear later of what is free: it then says something else first, and tries again. */
function placed(c: Steps, name: string): Promise<unknown> {
  return verdict(c, name, ({ status }) => status === 'True')
}

/** Why a pod does not, in the words of the scheduler. `settled` is a part of them where it may have heard of the pod before what decides. */
function refused(c: Steps, name: string, settled = ''): Promise<unknown> {
  return verdict(c, name, ({ status, message }) => status === 'False' && message.includes(settled))
}

/** Until the scheduler knows whether a node takes ordinary pods: it is asked again and again. */
async function known(c: Steps, node: string, takes: boolean): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const name = `probe-${node}-${takes ? 'free' : 'closed'}-${tries}`
    await c.quietly('POST', 'pods', { body: pod(name, on(node)) })
    const asked = async () => (await c.quietly('GET', `pods/${name}`)).body as SomeObject
    await c.settled(`${name} is decided`, async () => decided(await asked()))
    const taken = told(await asked())?.status === 'True'
    await c.quietly('DELETE', `pods/${name}?gracePeriodSeconds=0`)
    if (taken === takes) return
  }
  throw new Error(`the scheduler does not hear that ${node} ${takes ? 'takes pods again' : 'takes no pods'}`)
}

async function place(c: Steps, name: string): Promise<void> {
  const { body } = await c.quietly('GET', `pods/${name}`)
  c.note(`place of ${name}`, `on ${(body as SomeObject).spec.nodeName}`)
}

/** A pod `p` that finds a node. */
function fits(spec: Fields, metadata: Fields = {}) {
  return async (c: Steps) => {
    await c.make('pods', pod('p', spec, metadata))
    await placed(c, 'p')
  }
}

/** A pod `p` that finds none. */
function fitsNowhere(spec: Fields) {
  return async (c: Steps) => {
    await c.make('pods', pod('p', spec))
    await refused(c, 'p')
  }
}

async function cordon(c: Steps, node: string, unschedulable: boolean): Promise<void> {
  await c.quietly('PATCH', `/api/v1/nodes/${node}`, { body: { spec: { unschedulable } }, contentType: 'application/merge-patch+json' })
  const noted = ({ spec }: SomeObject) => (spec.taints ?? []).some(({ key }: { key: string }) => key === 'node.kubernetes.io/unschedulable')
  await c.until(`/api/v1/nodes/${node}`, (object) => noted(object) === unschedulable, {
    pick: () => (unschedulable ? 'cordoned' : 'uncordoned'),
  })
  await known(c, node, !unschedulable)
}

async function tainted(c: Steps, node: string, taints: readonly { readonly key: string; readonly effect: string }[]): Promise<void> {
  await c.quietly('PATCH', `/api/v1/nodes/${node}`, { body: { spec: { taints } }, contentType: 'application/merge-patch+json' })
  await known(
    c,
    node,
    taints.every(({ effect }) => effect === 'PreferNoSchedule'),
  )
}

/** Until admission has heard of a priority class. */
function heardOf(c: Steps, priorityClassName: string): Promise<void> {
  const body = pod('probe', { priorityClassName })
  return c.settled('the class is known', async () => (await c.quietly('POST', 'pods?dryRun=All', { body })).status === 201)
}

const required = (nodeSelectorTerms: readonly object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
})
const expression = (key: string, operator: string, ...values: readonly string[]) => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
})
const near = (kind: 'podAffinity' | 'podAntiAffinity', app: string, topologyKey = host) => ({
  [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey }] },
})

const dedicated = { key: 'dedicated', value: 'x', effect: 'NoSchedule' }

/** What the scheduler does with a pod, and says of it. */
export const scheduling = area('Scheduling', {
  'a pod that fits comes to a node': fits({}),
  'more cpu than any node has': fitsNowhere(requests({ cpu: '9' })),
  'more memory than any node has': fitsNowhere(requests({ memory: '33Gi' })),
  'more of two resources': fitsNowhere(requests({ cpu: '9', memory: '33Gi' })),
  'a resource that no node has': fitsNowhere({
    containers: [{ name: 'main', image: 'x:1', resources: { limits: { 'example.com/gpu': '1' } } }],
  }),
  'a label that no node has': fitsNowhere({ nodeSelector: { no: 'where' } }),
  'a label that one node has': async (c) => {
    await fits(on('node-2'))(c)
    await place(c, 'p')
  },
  'an affinity that no node fulfils': fitsNowhere(required([expression('a', 'Exists')])),
  'an affinity that one node fulfils': async (c) => {
    await fits(required([expression('none', 'Exists'), expression(zone, 'NotIn', 'a')]))(c)
    await place(c, 'p')
  },
  'an affinity to a name': async (c) => {
    await fits(required([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }]))(c)
    await place(c, 'p')
  },
  'numbers in an affinity': async (c) => {
    await fitsNowhere(required([expression('n', 'Gt', '5')]))(c)
  },
  'a preference decides between nodes': async (c) => {
    await fits({
      affinity: {
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: expression(zone, 'In', 'b') }] },
      },
    })(c)
    await place(c, 'p')
  },
  'a cordoned node takes nothing': async (c) => {
    await cordon(c, 'node-1', true)
    await fitsNowhere(on('node-1'))(c)
    await cordon(c, 'node-1', false)
    await c.until('pods/p', ({ spec }) => spec.nodeName === 'node-1', { pick: () => 'scheduled' })
  },
  'a taint holds back who does not tolerate it': async (c) => {
    await tainted(c, 'node-1', [dedicated])
    await c.make(
      'pods',
      pod('p', on('node-1')),
      pod('q', { ...on('node-1'), tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'x' }] }),
    )
    await refused(c, 'p')
    await placed(c, 'q')
    await tainted(c, 'node-1', [])
    await c.until('pods/p', ({ spec }) => spec.nodeName === 'node-1', { pick: () => 'scheduled' })
  },
  'PreferNoSchedule holds nobody back': async (c) => {
    await tainted(c, 'node-1', [{ key: 'busy', effect: 'PreferNoSchedule' }])
    await fits(on('node-1'))(c)
    await tainted(c, 'node-1', [])
  },
  'a taint NoExecute ends who does not tolerate it': async (c) => {
    await c.make('pods', pod('p', on('node-1')), pod('q', { ...on('node-1'), tolerations: [{ key: 'out', operator: 'Exists' }] }))
    await placed(c, 'p')
    await placed(c, 'q')
    await tainted(c, 'node-1', [{ key: 'out', effect: 'NoExecute' }])
    await c.until('pods/p', (answer) => (answer as unknown as { code: number }).code === 404, { pick: () => 'gone' })
    await c.until('pods/q', ({ metadata }) => metadata.deletionTimestamp === undefined, { pick: () => 'stays' })
    await tainted(c, 'node-1', [])
  },
  'a port of the host is taken once': async (c) => {
    const containers = [{ name: 'main', image: 'x:1', ports: [{ containerPort: 80, hostPort: 8080 }] }]
    await c.make('pods', pod('p', { containers, ...on('node-1') }))
    await placed(c, 'p')
    await c.make('pods', pod('q', { containers, ...on('node-1') }))
    await refused(c, 'q')
  },
  'pods that keep away from each other': async (c) => {
    const labels = { app: 'apart' }
    const affinity = near('podAntiAffinity', 'apart')
    for (const name of ['a', 'b', 'd', 'e']) {
      await c.make('pods', pod(name, { affinity }, { labels }))
      await (name === 'e' ? refused(c, name) : placed(c, name))
    }
  },
  'a pod that others keep away': async (c) => {
    await c.make('pods', pod('first', { affinity: near('podAntiAffinity', 'second', zone), ...on('node-3') }, { labels: { app: 'first' } }))
    await placed(c, 'first')
    await c.make('pods', pod('second', on('node-3'), { labels: { app: 'second' } }))
    await refused(c, 'second')
  },
  'a pod that wants company which is not there': fitsNowhere({ affinity: near('podAffinity', 'none') }),
  'the first of a group that wants company finds its place': fits({ affinity: near('podAffinity', 'group') }, { labels: { app: 'group' } }),
  'a pod that wants company goes there': async (c) => {
    await c.make('pods', pod('first', on('node-2'), { labels: { app: 'friend' } }))
    await placed(c, 'first')
    await c.make('pods', pod('second', { affinity: near('podAffinity', 'friend') }))
    await placed(c, 'second')
    await place(c, 'second')
  },
  'a spread over zones': async (c) => {
    const topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'wide' } } },
    ]
    const labels = { app: 'wide' }
    await c.make('pods', pod('a', on('node-1'), { labels }))
    await placed(c, 'a')
    await c.make('pods', pod('b', { topologySpreadConstraints }, { labels }))
    await placed(c, 'b')
    await place(c, 'b')
    await c.make('pods', pod('d', on('node-1'), { labels }))
    await placed(c, 'd')
    await c.make('pods', pod('e', { topologySpreadConstraints, ...on('node-2') }, { labels }))
    await placed(c, 'e')
  },
  'a spread over what nodes do not have': fitsNowhere({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }],
  }),
  'a claim that is not there': fitsNowhere({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] }),
  'a claim that nobody binds': async (c) => {
    await c.make('persistentvolumeclaims', {
      metadata: { name: 'c' },
      spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    await c.make('pods', pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }))
    await refused(c, 'p', 'PersistentVolumeClaims')
  },
  'a volume of another node': async (c) => {
    c.leaves('/api/v1/persistentvolumes/{ns}-v')
    const nodeAffinity = { required: { nodeSelectorTerms: [expression(host, 'In', 'node-1')] } }
    const claimRef = { namespace: '{ns}', name: 'c' }
    await c.make('/api/v1/persistentvolumes', {
      metadata: { name: '{ns}-v' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'manual',
        local: { path: '/x' },
        nodeAffinity,
        claimRef,
      },
    })
    await c.make('persistentvolumeclaims', {
      metadata: { name: 'c' },
      spec: { storageClassName: 'manual', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    await c.until('persistentvolumeclaims/c', ({ status }) => status.phase === 'Bound', { pick: ({ status }) => status })
    await c.make('pods', pod('p', { ...on('node-2'), volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }))
    await refused(c, 'p', 'volume node affinity conflict')
  },
  'reasons of different nodes are counted': async (c) => {
    await cordon(c, 'node-1', true)
    await tainted(c, 'node-2', [{ key: 'dedicated', effect: 'NoSchedule' }])
    await fitsNowhere(requests({ cpu: '9' }))(c)
    await tainted(c, 'node-2', [])
    await cordon(c, 'node-1', false)
  },
  'a pod that cannot be placed is an event': async (c) => {
    await fitsNowhere({ nodeSelector: { no: 'where' } })(c)
    type Told = { reason: string; type: string; message: string; source: object; reportingComponent: string }
    await c.until('events', ({ items }) => (items as unknown as Told[]).some(({ reason }) => reason === 'FailedScheduling'), {
      pick: ({ items }) =>
        (items as unknown as Told[])
          .filter(({ reason }) => reason === 'FailedScheduling')
          .slice(0, 1)
          .map(({ type, reason, message, source, reportingComponent }) => ({ type, reason, message, source, reportingComponent })),
    })
  },
  'a pod of higher priority takes the place of a lower one': async (c) => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
    c.leaves(`${classes}/{ns}-low`, `${classes}/{ns}-high`)
    await c.make(classes, { metadata: { name: '{ns}-low' }, value: 1 }, { metadata: { name: '{ns}-high' }, value: 1000 })
    for (const name of ['{ns}-low', '{ns}-high']) await heardOf(c, name)
    await c.make('pods', pod('low', { ...requests({ cpu: '6' }), ...on('node-1'), priorityClassName: '{ns}-low' }))
    await placed(c, 'low')
    await c.make('pods', pod('high', { ...requests({ cpu: '6' }), ...on('node-1'), priorityClassName: '{ns}-high' }))
    await c.until('pods/low', (answer) => (answer as unknown as { code: number }).code === 404, { pick: () => 'gone' })
    // the kubelet takes the nomination away with its first word of the pod
    await c.until('pods/high', ({ status }) => status.phase === 'Running', {
      pick: ({ spec, status }) => ({ priority: spec.priority, nominated: status.nominatedNodeName ?? 'none' }),
    })
  },
  'a pod that never preempts waits': async (c) => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
    c.leaves(`${classes}/{ns}-calm`)
    await c.make(classes, { metadata: { name: '{ns}-calm' }, value: 1000, preemptionPolicy: 'Never' })
    await heardOf(c, '{ns}-calm')
    await c.make('pods', pod('low', { ...requests({ cpu: '6' }), ...on('node-1') }))
    await placed(c, 'low')
    await c.make('pods', pod('calm', { ...requests({ cpu: '6' }), ...on('node-1'), priorityClassName: '{ns}-calm' }))
    await refused(c, 'calm')
  },
  'another scheduler is waited for': async (c) => {
    await c.make('pods', pod('p', { schedulerName: 'other' }))
    await c.make('pods', pod('q'))
    await placed(c, 'q')
    const { body } = await c.quietly('GET', 'pods/p')
    c.note('conditions', (body as SomeObject).status.conditions ?? 'none')
  },
  'a full node takes no more pods': async (c) => {
    await c.make('pods', pod('a', { ...requests({ cpu: '5' }), ...on('node-1') }))
    await placed(c, 'a')
    await c.make('pods', pod('b', { ...requests({ cpu: '5' }), ...on('node-1') }))
    await refused(c, 'b')
    await c.quietly('DELETE', 'pods/a')
    await c.until('pods/b', ({ spec }) => spec.nodeName === 'node-1', { pick: () => 'scheduled' })
  },
  'init containers count by their largest': async (c) => {
    const initContainers = [{ name: 'i', image: 'x:1', resources: { requests: { cpu: '9' } } }]
    await fitsNowhere({ ...podSpec(), initContainers })(c)
  },
})

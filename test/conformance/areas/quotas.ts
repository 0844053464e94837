import type { SomeObject } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { makeQuota } from '../counted-quota.ts'
import { configMap, deployment, idlePod, replicaSet, service } from '../objects.ts'
import type { Steps } from '../steps.ts'

type Fields = Readonly<Record<string, unknown>>

const main = { name: 'main', image: 'registry.k8s.io/pause:3.9' }
const sized = (requests: Fields, limits: Fields = {}) => ({ resources: { requests, limits } })
const cpu = (request: string, limit = request) => sized({ cpu: request }, { cpu: limit })

/** A pod that no node takes, with this in its container. */
const asking = (name: string, container: Fields, spec: Fields = {}) => idlePod(name, { containers: [{ ...main, ...container }], ...spec })

const claim = (name: string, storage: string, spec: Fields = {}) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
})

/** Makes a range, and waits until the server goes by it: `refused` is what it does not allow. */
async function setRange(c: Steps, limits: readonly Fields[], refused: { readonly path: string; readonly body: unknown }): Promise<void> {
  await c.post('limitranges', { metadata: { name: 'range' }, spec: { limits } })
  const { path, body } = refused
  await c.settled('the range is known', async () => (await c.quietly('POST', `${path}?dryRun=All`, { body })).status === 403)
}

const dryPods = (...pods: readonly unknown[]) => dry('pods', ...pods)

/** What would become of each of them. */
function dry(path: string, ...bodies: readonly unknown[]) {
  return async (c: Steps) => {
    for (const body of bodies) await c.post(`${path}?dryRun=All`, body)
  }
}

const usedOf = ({ status }: SomeObject) => (status as { used?: Readonly<Record<string, string>> } | undefined)?.used ?? {}
const statusOf = ({ status }: SomeObject) => status

/** Makes a quota that is in force. */
function setQuota(c: Steps, spec: { readonly hard: Fields; readonly [field: string]: unknown }): Promise<void> {
  return makeQuota(c, spec, statusOf)
}

function untilUsed(c: Steps, resource: string, amount: string): Promise<SomeObject> {
  return c.until('resourcequotas/q', (quota) => usedOf(quota)[resource] === amount, { pick: statusOf })
}

/** ResourceQuota and LimitRange: what they give, refuse, and count. */
export const quotas = area('Quotas and limits', {
  'a range gives containers what they do not ask for, and says so': async (c) => {
    const limit = { type: 'Container', default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }
    await setRange(c, [limit], { path: 'pods', body: asking('big', cpu('2')) })
    await dryPods(
      idlePod('silent'),
      asking('requests', sized({ cpu: '200m' })),
      asking('limits', sized({}, { cpu: '300m' })),
      asking('all', sized({ cpu: '200m', memory: '1Mi' }, { cpu: '300m', memory: '2Mi' })),
      asking('other', sized({ 'ephemeral-storage': '1Gi' })),
      asking(
        'two',
        {},
        { containers: [main, { ...main, name: 'second', ...cpu('50m', '60m') }], initContainers: [{ ...main, name: 'init' }] },
      ),
    )(c)
  },
  'a range fills itself in: a maximum is a default, and that a request': async (c) => {
    const range = (name: string, ...limits: readonly Fields[]) => c.post('limitranges', { metadata: { name }, spec: { limits } })
    await range('maximum', { type: 'Container', max: { cpu: '2', memory: '1Gi' } })
    await range('minimum', { type: 'Container', min: { cpu: '100m' }, max: { cpu: '2' } })
    await range('default', { type: 'Container', default: { cpu: '1' }, min: { cpu: '0.5' } })
    await range('pods', { type: 'Pod', max: { cpu: '2' }, min: { cpu: '1000m' } })
    await range('claims', { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } })
  },
  'a range refuses containers that ask for less or more': async (c) => {
    const limit = { type: 'Container', min: { cpu: '100m', memory: '10Mi' }, max: { cpu: '1', memory: '1Gi' } }
    await setRange(c, [limit], { path: 'pods', body: asking('big', cpu('2')) })
    await dryPods(
      asking('low', cpu('50m')),
      asking('low-limit', cpu('10m', '20m')),
      asking('high', cpu('200m', '1500m')),
      asking('high-both', cpu('1500m', '2')),
      asking('memory', sized({ memory: '1Mi' }, { memory: '2Gi' })),
      asking('fits', sized({ cpu: '100m', memory: '10Mi' }, { cpu: '1', memory: '1Gi' })),
    )(c)
  },
  'a range refuses limits too far above requests': async (c) => {
    const limits = [{ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }]
    await setRange(c, limits, { path: 'pods', body: asking('far', cpu('100m', '1')) })
    await dryPods(
      asking('far', cpu('100m', '250m')),
      asking('near', cpu('100m', '200m')),
      asking('no-limit', sized({ cpu: '100m' })),
      asking('no-request', sized({ memory: '1Mi' })),
      asking('zero', cpu('0', '1')),
    )(c)
  },
  'a range for pods looks at the sum of their containers': async (c) => {
    const limits = [{ type: 'Pod', max: { cpu: '1' }, min: { memory: '10Mi' }, maxLimitRequestRatio: { memory: '2' } }]
    await setRange(c, limits, { path: 'pods', body: asking('big', cpu('2')) })
    const half = { ...main, ...sized({ cpu: '600m', memory: '8Mi' }, { cpu: '600m', memory: '8Mi' }) }
    await dryPods(
      idlePod('silent'),
      idlePod('two', { containers: [half, { ...half, name: 'second' }] }),
      asking('small', sized({ cpu: '1', memory: '1Mi' }, { cpu: '1', memory: '4Mi' })),
      idlePod('one-silent', { containers: [half, { ...main, name: 'second' }] }),
      asking('fits', sized({ cpu: '1', memory: '10Mi' }, { cpu: '1', memory: '20Mi' })),
    )(c)
  },
  'a range for claims looks at their storage': async (c) => {
    const limits = [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } }]
    await setRange(c, limits, { path: 'persistentvolumeclaims', body: claim('big', '20Gi') })
    await dry('persistentvolumeclaims', claim('small', '500Mi'), claim('big', '11Gi'), claim('fits', '1Gi'))(c)
    await c.make('persistentvolumeclaims', claim('mine', '2Gi'))
    await c.patch('merge', 'persistentvolumeclaims/mine', { metadata: { labels: { still: 'mine' } } })
  },
  'a range that has come later leaves pods alone': async (c) => {
    await c.make('pods', asking('early', cpu('2')))
    await setRange(c, [{ type: 'Container', max: { cpu: '1' } }], { path: 'pods', body: asking('big', cpu('2')) })
    await c.patch('merge', 'pods/early', { metadata: { labels: { still: 'here' } } })
    await c.patch('merge', 'pods/early', { spec: { containers: [{ ...main, image: 'registry.k8s.io/pause:3.10', ...cpu('2') }] } })
  },
  'a range stops the pods of a ReplicaSet, which says so': async (c) => {
    await setRange(c, [{ type: 'Container', max: { cpu: '1' } }], { path: 'pods', body: asking('big', cpu('2')) })
    await c.make(
      'apps/v1:replicasets',
      replicaSet('web', {
        replicas: 1,
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ ...main, ...cpu('2') }] } },
      }),
    )
    const conditions = ({ status }: SomeObject) => (status as { conditions?: readonly Fields[] }).conditions
    await c.until('apps/v1:replicasets/web', (set) => conditions(set)?.[0] !== undefined, {
      pick: (set) => conditions(set)?.map(({ type, status, reason }) => [type, status, reason]),
    })
  },
  'a quota of computing is used up by pods, and says by how much': async (c) => {
    await setQuota(c, { hard: { 'requests.cpu': '1', cpu: '2', 'limits.memory': '1Gi', pods: '3' } })
    await c.post('pods', asking('a', sized({ cpu: '700m' }, { memory: '512Mi' })))
    await untilUsed(c, 'pods', '1')
    await c.post('pods', asking('cpu', sized({ cpu: '0.5' }, { memory: '1Mi' })))
    await c.post('pods', asking('memory', sized({ cpu: '100m' }, { memory: '1Gi' })))
    await c.post('pods', asking('both', sized({ cpu: '3' }, { memory: '1500Mi' })))
    await c.post('pods', asking('silent', sized({ cpu: '100m' })))
    await c.post('pods', asking('b', sized({ cpu: '300m' }, { memory: '0.5Gi' })))
    await untilUsed(c, 'pods', '2')
  },
  'what is over is given back to a quota': async (c) => {
    await setQuota(c, { hard: { pods: '2', 'count/pods': '5' } })
    await c.make('pods', idlePod('a'), idlePod('b'))
    await untilUsed(c, 'pods', '2')
    await c.post('pods', idlePod('c'))
    await c.patch('merge', 'pods/a/status', { status: { phase: 'Succeeded' } })
    await untilUsed(c, 'pods', '1')
    await c.delete('pods/b', { gracePeriodSeconds: 0 })
    // a server may first count a pod that is being deleted as no longer running, and only then as gone
    await untilUsed(c, 'count/pods', '1')
  },
  'a quota counts again when what it allows is changed': async (c) => {
    await setQuota(c, { hard: { 'count/configmaps': '9' } })
    await c.patch('merge', 'resourcequotas/q', {
      spec: { hard: { 'count/configmaps': null, 'count/roles.rbac.authorization.k8s.io': '2' } },
    })
    await untilUsed(c, 'count/roles.rbac.authorization.k8s.io', '0')
    await c.post('configmaps', configMap('a'))
  },
  'a quota for pods of best effort looks at no others': async (c) => {
    await setQuota(c, { hard: { pods: '1' }, scopes: ['BestEffort'] })
    await c.make('pods', idlePod('a'), asking('sized', cpu('1')))
    await untilUsed(c, 'pods', '1')
    await c.post('pods?dryRun=All', idlePod('b'))
    await c.post('pods?dryRun=All', asking('c', cpu('1')))
  },
  'a quota for pods with a deadline looks at no others': async (c) => {
    const ends = { activeDeadlineSeconds: 600 }
    await setQuota(c, { hard: { pods: '1', 'limits.cpu': '1' }, scopes: ['Terminating', 'NotBestEffort'] })
    await c.make('pods', asking('a', cpu('1'), ends), asking('stays', cpu('1')), idlePod('small', ends))
    await untilUsed(c, 'pods', '1')
    await c.post('pods?dryRun=All', asking('b', cpu('1'), ends))
    await c.post('pods?dryRun=All', asking('c', sized({ cpu: '1' }), ends))
    await c.post('pods?dryRun=All', asking('d', cpu('1')))
  },
  'a quota for pods of a priority looks at no others': async (c) => {
    const important = 'system-cluster-critical'
    await c.make('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: '{ns}-high' }, value: 1000 })
    c.leaves('/apis/scheduling.k8s.io/v1/priorityclasses/{ns}-high')
    const high = { priorityClassName: `${c.ns}-high` }
    const matchExpressions = [{ scopeName: 'PriorityClass', operator: 'In', values: ['{ns}-high', important] }]
    const probe = idlePod('probe', high)
    await c.settled('the class is known', async () => (await c.quietly('POST', 'pods?dryRun=All', { body: probe })).status === 201)
    await setQuota(c, { hard: { pods: '1' }, scopeSelector: { matchExpressions } })
    await c.make('pods', idlePod('a', high), idlePod('low'))
    await untilUsed(c, 'pods', '1')
    await c.post('pods?dryRun=All', idlePod('b', high))
    await c.post('pods?dryRun=All', idlePod('c'))
  },
  'a quota counts Services by what they take': async (c) => {
    const hard = { services: '4', 'services.nodeports': '2', 'services.loadbalancers': '1' }
    await setQuota(c, { hard })
    await c.make('services', service('a'), service('b', { type: 'NodePort' }))
    await untilUsed(c, 'services', '2')
    const ports = [1, 2].map((port) => ({ name: `p${port}`, port }))
    await c.post('services?dryRun=All', service('c', { type: 'NodePort', ports }))
    await c.patch('merge', 'services/a', { spec: { type: 'LoadBalancer' } })
    await untilUsed(c, 'services.loadbalancers', '1')
    await c.post('services?dryRun=All', service('d', { type: 'LoadBalancer' }))
    await c.patch('merge', 'services/a', { spec: { type: 'ClusterIP' } })
    await untilUsed(c, 'services.loadbalancers', '0')
  },
  'a quota counts claims, and those of a class by themselves': async (c) => {
    const ofClass = 'gold.storageclass.storage.k8s.io'
    const hard = {
      persistentvolumeclaims: '3',
      'requests.storage': '20Gi',
      [`${ofClass}/requests.storage`]: '5Gi',
      [`${ofClass}/persistentvolumeclaims`]: '1',
    }
    await setQuota(c, { hard })
    await c.make('persistentvolumeclaims', claim('a', '10Gi'), claim('b', '2Gi', { storageClassName: 'gold' }))
    await untilUsed(c, 'persistentvolumeclaims', '2')
    await c.post('persistentvolumeclaims?dryRun=All', claim('c', '9Gi'))
    await c.post('persistentvolumeclaims?dryRun=All', claim('d', '4Gi', { storageClassName: 'gold' }))
    await c.post('persistentvolumeclaims?dryRun=All', claim('e', '8Gi'))
  },
  'a quota counts objects of any kind by their resource and group': async (c) => {
    await setQuota(c, { hard: { 'count/deployments.apps': '1' } })
    await c.make('apps/v1:deployments', deployment('web', { replicas: 0 }))
    await untilUsed(c, 'count/deployments.apps', '1')
    await c.post('apps/v1:deployments?dryRun=All', deployment('other'))
    await c.delete('apps/v1:deployments/web')
    await untilUsed(c, 'count/deployments.apps', '0')
  },
  'a quota counts devices and huge pages by what is requested': async (c) => {
    const hard = { 'requests.example.com/gpu': '2', 'hugepages-2Mi': '4Mi' }
    const device = (gpu: string) => sized({}, { 'example.com/gpu': gpu })
    await setQuota(c, { hard })
    await c.make('pods', asking('a', device('1')))
    await untilUsed(c, 'requests.example.com/gpu', '1')
    await c.post('pods?dryRun=All', asking('b', device('2')))
    await c.post('pods?dryRun=All', asking('c', sized({ cpu: '1' }, { cpu: '1', 'hugepages-2Mi': '6Mi' })))
  },
  'a quota without room stops the pods of a ReplicaSet, which says so': async (c) => {
    await setQuota(c, { hard: { pods: '1' } })
    await c.make('pods', idlePod('a'))
    await untilUsed(c, 'pods', '1')
    await c.make('apps/v1:replicasets', replicaSet('web', { replicas: 1 }))
    const conditions = ({ status }: SomeObject) => (status as { conditions?: readonly Fields[] }).conditions
    await c.until('apps/v1:replicasets/web', (set) => conditions(set)?.[0] !== undefined, {
      pick: (set) => conditions(set)?.map(({ type, status, reason }) => [type, status, reason]),
    })
  },
})

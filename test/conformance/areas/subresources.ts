import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { daemonSet, deployment, idlePod, job, podTemplate, replicaSet, statefulSet } from '../objects.ts'

const empty = { replicas: 0 }
const binding = (target: object) => ({ apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target })

/** Status, scale, binding: parts of an object with a path of their own. */
export const subresources = area('Subresources', {
  'a write of the object leaves its status, one of the status leaves the rest': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.patch('merge', 'pods/p', { metadata: { labels: { a: 'b' } }, status: { phase: 'Failed' } })
    await c.patch('merge', 'pods/p/status', {
      metadata: { labels: { a: 'c' } },
      spec: { activeDeadlineSeconds: 5 },
      status: { phase: 'Running' },
    })
  },
  'a status is read and replaced': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('r', { replicas: 0, selector: { matchLabels: { app: 'r' } } }))
    await c.until('apps/v1:replicasets/r', ({ status }) => status.observedGeneration === 1, { pick: () => 'noticed' })
    const read = objectOf(await c.get('apps/v1:replicasets/r/status'))
    const { resourceVersion } = read.metadata
    await c.put('apps/v1:replicasets/r/status', {
      ...replicaSet('r', empty),
      metadata: { name: 'r', resourceVersion: '1' },
      status: { replicas: 9 },
    })
    c.note('version', resourceVersion !== '1')
  },
  'a status that cannot be is refused': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('r', empty))
    await c.patch('merge', 'apps/v1:replicasets/r/status', { status: { replicas: -1 } })
    await c.patch('merge', 'apps/v1:replicasets/r/status', { status: { replicas: 1, readyReplicas: 2 } })
    await c.make('batch/v1:jobs', { ...job('j'), spec: { ...job('j').spec, parallelism: 0 } })
    await c.patch('merge', 'batch/v1:jobs/j/status', { status: { active: -1 } })
  },
  'a status of each workload is checked': async (c) => {
    await c.make('apps/v1:deployments', deployment('d', empty))
    await c.make('apps/v1:statefulsets', statefulSet('s', empty))
    await c.make('apps/v1:daemonsets', daemonSet('a', { template: podTemplate('a', { nodeSelector: { no: 'where' } }) }))
    await c.make('replicationcontrollers', {
      metadata: { name: 'rc' },
      spec: { replicas: 0, selector: { a: 'b' }, template: { metadata: { labels: { a: 'b' } }, spec: idlePod('x').spec } },
    })
    const wrong = { replicas: 1, readyReplicas: 1, availableReplicas: 2, updatedReplicas: 3, fullyLabeledReplicas: 4, currentReplicas: -1 }
    await c.patch('merge', 'apps/v1:deployments/d/status', { status: { ...wrong, unavailableReplicas: -1 } })
    await c.patch('merge', 'apps/v1:statefulsets/s/status', { status: { ...wrong, collisionCount: -1 } })
    await c.patch('merge', 'apps/v1:daemonsets/a/status', { status: { numberReady: -1, numberAvailable: -2 } })
    await c.patch('merge', 'replicationcontrollers/rc/status', { status: wrong })
  },
  'a new object starts without the status that a client sends': async (c) => {
    await c.post('pods', { ...idlePod('p'), status: { phase: 'Running', podIP: '1.2.3.4' } })
    await c.post('apps/v1:deployments', { ...deployment('d', empty), status: { replicas: 5 } })
    await c.post('/api/v1/namespaces', { metadata: { name: '{ns}-other' }, status: { phase: 'Terminating' } })
    c.leaves('/api/v1/namespaces/{ns}-other')
  },
  'a scale is read': async (c) => {
    await c.make('apps/v1:deployments', deployment('d', empty))
    await c.make('apps/v1:statefulsets', statefulSet('s', empty))
    await c.make('replicationcontrollers', {
      metadata: { name: 'rc' },
      spec: { replicas: 0, selector: { a: 'b' }, template: { metadata: { labels: { a: 'b' } }, spec: idlePod('x').spec } },
    })
    await c.get('apps/v1:deployments/d/scale')
    await c.get('apps/v1:statefulsets/s/scale')
    await c.get('replicationcontrollers/rc/scale')
    await c.get('apps/v1:daemonsets/none/scale')
  },
  'a scale is written by PUT and by patch': async (c) => {
    await c.make(
      'apps/v1:deployments',
      deployment('d', { replicas: 0, template: { metadata: { labels: { app: 'd' } }, spec: idlePod('x').spec } }),
    )
    await c.put('apps/v1:deployments/d/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'd', namespace: '{ns}' },
      spec: { replicas: 2 },
    })
    const scaled = await c.quietly('PATCH', 'apps/v1:deployments/d/scale', {
      body: { spec: { replicas: 3 } },
      contentType: 'application/merge-patch+json',
    })
    c.note('patched', objectOf(scaled).spec)
    c.note('deployment', objectOf(await c.quietly('GET', 'apps/v1:deployments/d')).spec.replicas)
  },
  'a scale that cannot be is refused': async (c) => {
    await c.make('apps/v1:deployments', deployment('d', empty))
    await c.patch('merge', 'apps/v1:deployments/d/scale', { spec: { replicas: -1 } })
    await c.put('apps/v1:deployments/d/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'e' },
      spec: { replicas: 1 },
    })
    await c.put('apps/v1:deployments/d/scale', deployment('d', empty))
    await c.get('apps/v1:deployments/none/scale')
  },
  'a binding gives a pod its node': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.post('pods/p/binding', binding({ kind: 'Node', name: 'nowhere' }))
    await c.get('pods/p')
  },
  'a pod is bound once': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.post('pods/p/binding', binding({ kind: 'Node', name: 'nowhere' }))
    await c.post('pods/p/binding', binding({ kind: 'Node', name: 'elsewhere' }))
  },
  'a binding by the old path works too': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.post('bindings', binding({ kind: 'Node', name: 'nowhere' }))
    c.note('node', objectOf(await c.quietly('GET', 'pods/p')).spec.nodeName)
  },
  'a binding that is none is refused': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.post('pods/p/binding', binding({ kind: 'Pod', name: 'nowhere' }))
    await c.post('pods/p/binding', binding({ kind: 'Node' }))
    await c.post('pods/none/binding', { ...binding({ kind: 'Node', name: 'nowhere' }), metadata: { name: 'none' } })
  },
  'a token of a service account has an end': async (c) => {
    const { status, body } = await c.quietly('POST', 'serviceaccounts/default/token', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
    })
    const { status: token, spec } = objectOf({ status, body, headers: {} })
    c.note('token', {
      status,
      expirationSeconds: spec.expirationSeconds,
      parts: token.token.split('.').length,
      ends: typeof token.expirationTimestamp,
    })
    await c.post('serviceaccounts/none/token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
    await c.post('serviceaccounts/default/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 5 },
    })
  },
  'a log of a pod without a node is refused': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.get('pods/p/log')
    await c.get('pods/none/log')
    await c.get('pods/p/log?container=other')
  },
  'a namespace is finalized by its own path': async (c) => {
    c.leaves('/api/v1/namespaces/{ns}-x')
    await c.make('/api/v1/namespaces', { metadata: { name: '{ns}-x' } })
    await c.get('/api/v1/namespaces/{ns}-x')
    await c.put('/api/v1/namespaces/{ns}-x/finalize', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}-x' },
      spec: { finalizers: ['x/y', 'kubernetes'] },
    })
    await c.put('/api/v1/namespaces/{ns}-x/finalize', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}-x' },
      spec: { finalizers: ['kubernetes'] },
    })
  },
})

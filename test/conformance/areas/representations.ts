import { area } from '../conformance-case.ts'
import { configMap, daemonSet, deployment, idlePod, job, pod, replicaSet, service, statefulSet } from '../objects.ts'
import type { Steps } from '../steps.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
const partialList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'

/** A Table of the objects of one path, after these were made. */
function shown(path: string, ...objects: readonly unknown[]) {
  return async (c: Steps) => {
    await c.make(path, ...objects)
    const { body } = await c.quietly('GET', path, { accept: table })
    const { rows, ...rest } = body as { rows: { cells: unknown[] }[] }
    c.note('table', {
      ...rest,
      rows: rows.filter(({ cells }) => !String(cells[0]).startsWith('default-token')).map(({ cells }) => ({ cells })),
    })
  }
}

const idle = (app: string) => ({ template: { metadata: { labels: { app } }, spec: idlePod('x').spec } })

/** Discovery, Tables, metadata alone. */
export const representations = area('Representations', {
  'a Table of pods': shown(
    'pods',
    idlePod('a'),
    idlePod('b', { nodeName: 'nowhere' }),
    idlePod('c', { initContainers: [{ name: 'i', image: 'x' }] }),
  ),
  'a Table of Deployments': shown('apps/v1:deployments', deployment('d', { replicas: 0, ...idle('d') })),
  'a Table of ReplicaSets': shown('apps/v1:replicasets', replicaSet('r', { replicas: 0 })),
  'a Table of StatefulSets': shown('apps/v1:statefulsets', statefulSet('s', { replicas: 0 })),
  'a Table of DaemonSets': shown(
    'apps/v1:daemonsets',
    daemonSet('d', { template: { metadata: { labels: { app: 'd' } }, spec: { ...idlePod('x').spec, nodeSelector: { no: 'where' } } } }),
  ),
  'a Table of Jobs': async (c) => {
    await c.make('batch/v1:jobs', job('j', { template: { spec: { ...idlePod('x').spec, restartPolicy: 'Never' } } }))
    await c.until('batch/v1:jobs/j', ({ status }) => status.active === 1, { pick: () => 'begun' })
    await shown('batch/v1:jobs')(c)
  },
  'a Table of Services': shown(
    'services',
    service('a', { clusterIP: 'None' }),
    service('b', { type: 'ExternalName', externalName: 'example.com' }),
  ),
  'a Table of ConfigMaps and Secrets': async (c) => {
    await shown('secrets', { metadata: { name: 's' }, data: { a: 'eA==', b: 'eA==' } })(c)
    await c.make('configmaps', configMap('a', { a: '1', b: '2' }))
    const { body } = await c.quietly('GET', 'configmaps/a', { accept: table })
    c.note(
      'one',
      (body as { rows: { cells: unknown[] }[] }).rows.map(({ cells }) => ({ cells })),
    )
  },
  'a Table of budgets': shown('policy/v1beta1:poddisruptionbudgets', {
    metadata: { name: 'b' },
    spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } },
  }),
  'a Table of claims': shown('persistentvolumeclaims', {
    metadata: { name: 'c' },
    spec: { storageClassName: 'none', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  'a Table of CronJobs': shown('batch/v1beta1:cronjobs', {
    metadata: { name: 'c' },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] } } } },
    },
  }),
  'a Table of roles, bindings and accounts': async (c) => {
    const rbac = 'rbac.authorization.k8s.io/v1:'
    await shown(`${rbac}roles`, { metadata: { name: 'r' }, rules: [] })(c)
    await shown(`${rbac}rolebindings`, {
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ kind: 'User', name: 'u' }],
    })(c)
  },
  'a Table of Events': shown('events?fieldSelector=reason%3DR', {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', namespace: '{ns}', name: 'p' },
    reason: 'R',
    message: 'm',
    type: 'Warning',
    source: { component: 'x' },
  }),
  'a Table of a running pod': async (c) => {
    await c.make('pods', pod('p'))
    await c.until('pods/p', ({ status }) => status.containerStatuses?.[0]?.ready === true, { pick: () => 'ready' })
    const { body } = await c.quietly('GET', 'pods/p', { accept: table })
    c.note('cells', (body as { rows: { cells: unknown[] }[] }).rows[0]?.cells.slice(0, 4))
  },
  'rows of a Table carry metadata, the object or nothing': async (c) => {
    await c.make('configmaps', configMap('a', {}, { labels: { only: 'a' } }))
    for (const include of ['Metadata', 'Object', 'None', 'Some']) {
      const { status, body } = await c.quietly('GET', `configmaps?labelSelector=only&includeObject=${include}`, { accept: table })
      c.note(include, { status, rows: (body as { rows?: { object?: unknown }[] }).rows?.map(({ object }) => object) })
    }
  },
  'a Table of an error is the error': async (c) => {
    await c.get('configmaps/none', { accept: table })
    await c.get('configmaps?labelSelector=none', { accept: table })
  },
  'metadata alone, of one and of many': async (c) => {
    await c.make('configmaps', configMap('a', {}, { labels: { only: 'a' } }))
    await c.get('configmaps/a', { accept: partial })
    await c.get('configmaps?labelSelector=only', { accept: partialList })
    await c.get('configmaps?labelSelector=only', { accept: partial })
    await c.get('configmaps/a', { accept: partialList })
  },
  'the first form that the server has is taken': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.get('configmaps/a', { accept: 'application/json;as=Table;v=v9;g=meta.k8s.io,application/json' })
    await c.get('configmaps/a', { accept: `${partial},application/json` })
  },
  'the version, groups and resources': async (c) => {
    const { body } = await c.quietly('GET', '/version')
    const { major, minor } = body as { major: string; minor: string }
    c.note('version', { major, minor: minor.replace(/\D/g, '') })
    const api = await c.quietly('GET', '/api')
    c.note('/api', { ...(api.body as object), serverAddressByClientCIDRs: '' })
    for (const path of ['/apis/apps', '/apis/policy', '/apis/batch']) await c.get(path)
  },
  'resources of the core group': async (c) => c.get('/api/v1'),
  'resources of apps': async (c) => c.get('/apis/apps/v1'),
  'resources of batch': async (c) => {
    await c.get('/apis/batch/v1')
    await c.get('/apis/batch/v1beta1')
  },
  'resources of policy': async (c) => c.get('/apis/policy/v1beta1'),
  'resources of rbac, storage and coordination': async (c) => {
    for (const path of [
      'rbac.authorization.k8s.io/v1',
      'storage.k8s.io/v1',
      'coordination.k8s.io/v1',
      'scheduling.k8s.io/v1',
      'discovery.k8s.io/v1beta1',
    ])
      await c.get(`/apis/${path}`)
  },
  'resources of access, definitions and networks': async (c) => {
    for (const path of [
      'authorization.k8s.io/v1',
      'authentication.k8s.io/v1',
      'apiextensions.k8s.io/v1',
      'networking.k8s.io/v1',
      'admissionregistration.k8s.io/v1',
      'autoscaling/v1',
    ])
      await c.get(`/apis/${path}`)
  },
  'all groups with their versions': async (c) => {
    const { body } = await c.quietly('GET', '/apis')
    const { groups } = body as { groups: { name: string; versions: { version: string }[] }[] }
    c.note(
      'groups',
      groups
        .filter(({ name }) => !name.endsWith('example.com') && name !== 'metrics.k8s.io')
        .map(({ name, versions }) => `${name}: ${versions.map(({ version }) => version).join(' ')}`),
    )
  },
  health: async (c) => {
    await c.get('/healthz')
    await c.get('/readyz')
    await c.get('/livez')
  },
})

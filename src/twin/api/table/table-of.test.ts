import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import { tableOf } from './table-of.ts'

const nowMs = Date.parse('2026-01-01T02:00:00Z')
const options = { nowMs, minor: 20, includeObject: 'None' } as const

function object(kind: string, fields: Readonly<Record<string, unknown>>, metadata: object = {}): KubeObject {
  const own = { name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata }
  return { apiVersion: 'v1', kind, metadata: own, ...fields }
}

const template = {
  spec: {
    containers: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'y:1' },
    ],
  },
}
const balancer = { loadBalancer: { ingress: [{ ip: '9.9.9.9' }, { hostname: 'a.b.example.org' }] } }
const expressions = {
  matchLabels: { a: 'q' },
  matchExpressions: [
    { key: 'b', operator: 'In', values: ['z', 'y'] },
    { key: 'c', operator: 'Exists' },
  ],
}

/** Resource, object, and the cells that a server 1.20 gave for it. */
const rows: readonly [string, KubeObject, readonly unknown[]][] = [
  [
    'nodes',
    object(
      'Node',
      {
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'Unknown' }],
          addresses: [{ type: 'InternalIP', address: '1.1.1.1' }],
          nodeInfo: { kubeletVersion: 'v1.20.2', osImage: 'Debian' },
        },
      },
      { labels: { 'node-role.kubernetes.io/master': '', 'node-role.kubernetes.io/etcd': 'true', 'kubernetes.io/role': 'worker' } },
    ),
    ['x', 'NotReady,SchedulingDisabled', 'etcd,master,worker', '120m', 'v1.20.2', '1.1.1.1', '<none>', 'Debian', '<unknown>', '<unknown>'],
  ],
  ['nodes', object('Node', {}), ['x', 'Unknown', '<none>', '120m', '', '<none>', '<none>', '<unknown>', '<unknown>', '<unknown>']],
  [
    'deployments.apps',
    object('Deployment', { spec: { replicas: 3, selector: expressions, template }, status: { readyReplicas: 2, updatedReplicas: 1 } }),
    ['x', '2/3', 1, 0, '120m', 'a,b', 'x,y:1', 'a=q,b in (y,z),c'],
  ],
  [
    'daemonsets.apps',
    object('DaemonSet', {
      spec: { template, selector: { matchLabels: { a: 'b' } } },
      status: { desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1 },
    }),
    ['x', 3, 2, 1, 0, 0, '<none>', '120m', 'a,b', 'x,y:1', 'a=b'],
  ],
  ['statefulsets.apps', object('StatefulSet', { spec: { replicas: 2, template }, status: {} }), ['x', '0/2', '120m', 'a,b', 'x,y:1']],
  [
    'jobs.batch',
    object('Job', {
      spec: { completions: 1, template },
      status: { succeeded: 1, startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:02:05Z' },
    }),
    ['x', '1/1', '2m5s', '120m', 'a,b', 'x,y:1', '<none>'],
  ],
  [
    'jobs.batch',
    object('Job', { spec: { parallelism: 3, template }, status: {} }),
    ['x', '0/1 of 3', '', '120m', 'a,b', 'x,y:1', '<none>'],
  ],
  [
    'cronjobs.batch',
    object('CronJob', { spec: { schedule: '* * * * *', suspend: false, jobTemplate: { spec: { template } } }, status: {} }),
    ['x', '* * * * *', 'False', 0, '<none>', '120m', 'a,b', 'x,y:1', '<none>'],
  ],
  [
    'poddisruptionbudgets.policy',
    object('PodDisruptionBudget', { spec: { maxUnavailable: '30%' }, status: { disruptionsAllowed: 2 } }),
    ['x', 'N/A', '30%', 2, '120m'],
  ],
  [
    'services',
    object('Service', {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.1',
        ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }],
        selector: { b: 'c', a: 'b' },
      },
      status: balancer,
    }),
    ['x', 'LoadBalancer', '10.0.0.1', '9.9.9.9,a.b.example.org', '80:30080/TCP', '120m', 'a=b,b=c'],
  ],
  [
    'services',
    object('Service', { spec: { type: 'LoadBalancer', clusterIPs: ['10.0.0.1'] } }),
    ['x', 'LoadBalancer', '10.0.0.1', '<pending>', '<none>', '120m', '<none>'],
  ],
  [
    'services',
    object('Service', { spec: { type: 'ExternalName', externalName: 'e.org' } }),
    ['x', 'ExternalName', '<none>', 'e.org', '<none>', '120m', '<none>'],
  ],
  [
    'endpoints',
    object('Endpoints', {
      subsets: [
        { addresses: [{ ip: '1.2.3.4' }, { ip: 'fd00::1' }], ports: [{ port: 80 }, { port: 81 }] },
        { addresses: [{ ip: '1.2.3.9' }] },
      ],
    }),
    ['x', '1.2.3.4:80,[fd00::1]:80,1.2.3.4:81 + 2 more...', '120m'],
  ],
  ['endpoints', object('Endpoints', {}), ['x', '<none>', '120m']],
  [
    'ingresses.networking.k8s.io',
    object('Ingress', {
      spec: { ingressClassName: 'ic', tls: [{}], rules: ['a', 'b', 'c', 'd'].map((name) => ({ host: `${name}.x` })) },
      status: balancer,
    }),
    ['x', 'ic', 'a.x,b.x,c.x + 1 more...', '9.9.9.9,a.b.example.org', '80, 443', '120m'],
  ],
  [
    'persistentvolumes',
    object('PersistentVolume', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
        claimRef: { namespace: 'n', name: 'c' },
      },
      status: { phase: 'Bound' },
    }),
    ['x', '1Gi', 'RWO,RWX', 'Retain', 'Bound', 'n/c', '', '', '120m', 'Filesystem'],
  ],
  [
    'persistentvolumeclaims',
    object('PersistentVolumeClaim', { spec: {}, status: { phase: 'Pending' } }),
    ['x', 'Pending', '', '', '', '', '120m', '<unset>'],
  ],
  [
    'horizontalpodautoscalers.autoscaling',
    object('HorizontalPodAutoscaler', {
      spec: {
        maxReplicas: 5,
        scaleTargetRef: { kind: 'Deployment', name: 'd' },
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
          { type: 'Pods', pods: { target: { averageValue: '5' } } },
          { type: 'External', external: { target: { value: '5' } } },
        ],
      },
    }),
    ['x', 'Deployment/d', '<unknown>/100Mi, <unknown>/5 + 1 more...', '<unset>', 5, 0, '120m'],
  ],
  [
    'events',
    object('Event', {
      involvedObject: { kind: 'Pod', name: 'p' },
      type: 'Normal',
      reason: 'Foo',
      message: ' hello ',
      source: { component: 'kubelet', host: 'n1' },
      lastTimestamp: '2026-01-01T01:00:00Z',
    }),
    ['60m', 'Normal', 'Foo', 'pod/p', '', 'kubelet, n1', 'hello', '<unknown>', 1, 'x'],
  ],
  [
    'clusterrolebindings.rbac.authorization.k8s.io',
    object('ClusterRoleBinding', {
      roleRef: { kind: 'ClusterRole', name: 'r' },
      subjects: [
        { kind: 'Group', name: 'g' },
        { kind: 'Group', name: 'h' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    }),
    ['x', 'ClusterRole/r', '120m', '', 'g, h', 'n/s'],
  ],
  ['clusterroles.rbac.authorization.k8s.io', object('ClusterRole', {}), ['x', '2026-01-01T00:00:00Z']],
  [
    'storageclasses.storage.k8s.io',
    object('StorageClass', { provisioner: 'p' }, { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }),
    ['x (default)', 'p', 'Delete', 'Immediate', false, '120m'],
  ],
]

describe('tableOf', () => {
  it.each(rows)('%s: as a server 1.20 prints them', (resource, shown, cells) => {
    const table = tableOf(resource, [shown], options)
    expect(table.rows[0]?.cells).toEqual(cells)
    expect(table.columnDefinitions).toHaveLength(cells.length)
  })

  it('says since 1.22 when a container was last restarted', () => {
    const lastState = { terminated: { exitCode: 1, finishedAt: '2026-01-01T01:55:00Z' } }
    const pod = object('Pod', {
      spec: { containers: [{ name: 'a' }] },
      status: { containerStatuses: [{ name: 'a', restartCount: 2, lastState }] },
    })
    expect(tableOf('pods', [pod], options).rows[0]?.cells[3]).toBe(2)
    expect(tableOf('pods', [pod], { ...options, minor: 22 }).rows[0]?.cells[3]).toBe('2 (5m ago)')
  })

  it('marks the rows of pods that have ended', () => {
    const table = tableOf(
      'pods',
      [object('Pod', { status: { phase: 'Succeeded' } }), object('Pod', { status: { phase: 'Running' } })],
      options,
    )
    expect(table.rows.map(({ conditions }) => conditions?.[0]?.reason)).toEqual(['Succeeded', undefined])
  })

  it.each([
    ['None', null],
    ['Metadata', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object('Pod', {}).metadata }],
    ['Object', object('Pod', {})],
  ] as const)('has of each object what is asked for: %s', (includeObject, expected) => {
    expect(tableOf('pods', [object('Pod', {})], { ...options, includeObject }).rows[0]?.object).toEqual(expected)
  })

  it('shows a custom resource by its printer columns', () => {
    const plan = object('Plan', { spec: { n: 3, on: 'yes' }, status: { at: '2026-01-01T01:00:00Z', list: [1] } })
    const printerColumns = [
      { name: 'N', type: 'integer', jsonPath: '.spec.n' },
      { name: 'On', type: 'boolean', jsonPath: '.spec.on' },
      { name: 'At', type: 'date', jsonPath: '.status.at' },
      { name: 'List', type: 'string', jsonPath: '.status.list', priority: 1 },
      { name: 'None', type: 'string', jsonPath: '.status.none' },
    ]
    const table = tableOf('plans.upgrade.cattle.io', [plan], { ...options, printerColumns })
    expect(table.columnDefinitions?.map(({ name, priority }) => `${name} ${priority}`)).toEqual([
      'Name 0',
      'N 0',
      'On 0',
      'At 0',
      'List 1',
      'None 0',
    ])
    expect(table.rows[0]?.cells).toEqual(['x', 3, null, '60m', '[1]', null])
  })

  it('shows the age of a custom resource without printer columns', () => {
    expect(tableOf('plans.upgrade.cattle.io', [object('Plan', {})], { ...options, printerColumns: [] }).rows[0]?.cells).toEqual([
      'x',
      '120m',
    ])
  })

  it('leaves the columns out when told', () => {
    expect(tableOf('pods', [], { ...options, columns: false }).columnDefinitions).toBeNull()
  })
})

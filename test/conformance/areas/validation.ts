import { area } from '../conformance-case.ts'
import { configMap, daemonSet, deployment, idlePod, job, podSpec, replicaSet, service, statefulSet } from '../objects.ts'
import type { Steps } from '../steps.ts'

type Fields = Readonly<Record<string, unknown>>

const main = { name: 'a', image: 'x' }
const withContainer = (container: Fields) => ({ containers: [{ ...main, ...container }] })

/** Posts pods with each of these specs. */
function pods(...specs: readonly Fields[]) {
  return async (c: Steps) => {
    for (const spec of specs) await c.post('pods', idlePod('p', spec))
  }
}

/** What is refused, and in which words. */
export const validation = area('Validation', {
  'a pod without containers, names or images': pods(
    { containers: [] },
    withContainer({ name: '' }),
    withContainer({ image: '' }),
    { containers: [main, main] },
    withContainer({ name: 'Not_Good' }),
  ),
  'a pod with policies that do not exist': pods(
    { restartPolicy: 'Sometimes' },
    { dnsPolicy: 'Maybe' },
    withContainer({ imagePullPolicy: 'Perhaps' }),
    withContainer({ terminationMessagePolicy: 'None' }),
  ),
  'a pod with numbers below zero': pods(
    { terminationGracePeriodSeconds: -1 },
    { activeDeadlineSeconds: 0 },
    { securityContext: { runAsUser: -1 } },
  ),
  'ports that are none': pods(
    withContainer({ ports: [{ containerPort: 0 }] }),
    withContainer({ ports: [{ containerPort: 70000 }] }),
    withContainer({ ports: [{ containerPort: 1, protocol: 'X' }] }),
    withContainer({
      ports: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    }),
    withContainer({ ports: [{ containerPort: 1, name: 'much-too-long-a-name' }] }),
  ),
  'environment that is none': pods(
    withContainer({ env: [{ name: '' }] }),
    withContainer({ env: [{ name: '1=2' }] }),
    withContainer({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }] }),
  ),
  'fields of a pod that fill no variable and no file': pods(
    withContainer({
      env: ['metadata.labels', '', "metadata.labels['a b']", "metadata.name['a']", 'status.phase'].map((fieldPath, i) => ({
        name: `A${i}`,
        valueFrom: { fieldRef: { fieldPath } },
      })),
    }),
    withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } } }] }),
    withContainer({
      env: ['cpu', '', 'limits.wood'].map((resource, i) => ({ name: `A${i}`, valueFrom: { resourceFieldRef: { resource } } })),
    }),
    withContainer({
      env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, configMapKeyRef: { name: 'm', key: 'k' } } }],
    }),
    {
      volumes: [
        {
          name: 'v',
          downwardAPI: {
            items: [
              { path: 'a', fieldRef: { fieldPath: 'spec.nodeName' } },
              { path: 'b', resourceFieldRef: { resource: 'limits.cpu' } },
              { path: 'd' },
            ],
          },
        },
      ],
    },
  ),
  'users and groups that are none': pods(
    { securityContext: { runAsUser: 2_147_483_648, runAsGroup: -1, fsGroup: -2, supplementalGroups: [0, -3] } },
    withContainer({ securityContext: { runAsUser: -1, runAsGroup: 2_147_483_648 } }),
  ),
  'resources that cannot be': pods(
    withContainer({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    withContainer({ resources: { requests: { memory: '-1' } } }),
    withContainer({ resources: { limits: { wood: '1' } } }),
    withContainer({ resources: { requests: { 'example.com/gpu': '1' } } }),
  ),
  'a quantity that is none': pods(withContainer({ resources: { requests: { cpu: 'much' } } })),
  'volumes and mounts that do not fit': pods(
    withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    { volumes: [{ name: 'v' }, { name: 'v' }] },
    { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] },
    { volumes: [{ name: 'V', emptyDir: {} }] },
    {
      ...withContainer({
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v' },
        ],
      }),
      volumes: [{ name: 'v', emptyDir: {} }],
    },
  ),
  'probes that cannot be': pods(
    withContainer({ livenessProbe: {} }),
    withContainer({ livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
    withContainer({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
    withContainer({ readinessProbe: { tcpSocket: { port: 0 }, periodSeconds: -1 } }),
  ),
  'affinity that cannot be': pods(
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
        },
      },
    },
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } } },
    {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 101, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          ],
        },
      },
    },
  ),
  'tolerations that cannot be': pods(
    { tolerations: [{ operator: 'Equal' }] },
    { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
    { tolerations: [{ key: 'a', operator: 'Near' }] },
    { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 }] },
    { tolerations: [{ key: 'a', effect: 'Never' }] },
  ),
  'spread that cannot be': pods(
    { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] },
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'Never' }] },
  ),
  'a pod that names its node selectors badly': pods(
    { nodeSelector: { 'a b': 'c' } },
    { nodeSelector: { a: 'b c' } },
    { nodeName: 'Not A Node' },
    { hostname: 'Not_Good' },
  ),
  'a pod on its host with the ports of others': pods(
    { hostNetwork: true, containers: [{ ...main, ports: [{ containerPort: 80, hostPort: 81 }] }] },
    {
      containers: [
        {
          ...main,
          ports: [
            { containerPort: 80, hostPort: 80 },
            { containerPort: 81, hostPort: 80 },
          ],
        },
      ],
    },
  ),
  'a Deployment whose selector is not its template': async (c) => {
    await c.post('apps/v1:deployments', deployment('d', { selector: { matchLabels: { other: 'x' } } }))
    await c.post('apps/v1:deployments', deployment('d', { selector: {} }))
    await c.post('apps/v1:deployments', { metadata: { name: 'd' }, spec: { template: { spec: podSpec() } } })
    await c.post(
      'apps/v1:deployments',
      deployment('d', { template: { metadata: { labels: { app: 'd' } }, spec: podSpec({ restartPolicy: 'Never' }) } }),
    )
  },
  'a Deployment with a strategy that cannot be': async (c) => {
    await c.post('apps/v1:deployments', deployment('d', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }))
    await c.post('apps/v1:deployments', deployment('d', { strategy: { type: 'Recreate', rollingUpdate: {} } }))
    await c.post('apps/v1:deployments', deployment('d', { strategy: { rollingUpdate: { maxUnavailable: '101%' } } }))
    await c.post('apps/v1:deployments', deployment('d', { strategy: { type: 'Jump' } }))
    await c.post('apps/v1:deployments', deployment('d', { minReadySeconds: 600, progressDeadlineSeconds: 600 }))
    await c.post('apps/v1:deployments', deployment('d', { revisionHistoryLimit: -1, replicas: -1 }))
  },
  'a selector that cannot change': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('r', { replicas: 0 }))
    await c.patch('merge', 'apps/v1:replicasets/r', {
      spec: { selector: { matchLabels: { other: 'x' } }, template: { metadata: { labels: { other: 'x' } } } },
    })
    await c.make('apps/v1:statefulsets', statefulSet('s', { replicas: 0 }))
    await c.patch('merge', 'apps/v1:statefulsets/s', { spec: { serviceName: 'other' } })
    await c.patch('merge', 'apps/v1:statefulsets/s', { spec: { podManagementPolicy: 'Parallel' } })
    await c.make(
      'apps/v1:daemonsets',
      daemonSet('d', { template: { metadata: { labels: { app: 'd' } }, spec: podSpec({ nodeSelector: { no: 'where' } }) } }),
    )
    await c.patch('merge', 'apps/v1:daemonsets/d', { spec: { selector: { matchLabels: { app: 'e' } } } })
  },
  'a StatefulSet and a DaemonSet that cannot be': async (c) => {
    await c.post('apps/v1:statefulsets', statefulSet('s', { podManagementPolicy: 'Random' }))
    await c.post('apps/v1:statefulsets', statefulSet('s', { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }))
    await c.post('apps/v1:statefulsets', statefulSet('s', { updateStrategy: { rollingUpdate: { partition: -1 } } }))
    await c.post('apps/v1:daemonsets', daemonSet('d', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } }))
    await c.post('apps/v1:daemonsets', daemonSet('d', { updateStrategy: { type: 'Never' } }))
  },
  'a Job that cannot be': async (c) => {
    await c.post('batch/v1:jobs', job('j', { template: { spec: podSpec({ restartPolicy: 'Always' }) } }))
    await c.post('batch/v1:jobs', job('j', { parallelism: -1, completions: -1, backoffLimit: -1 }))
    await c.post('batch/v1:jobs', job('j', { activeDeadlineSeconds: -1, ttlSecondsAfterFinished: -1 }))
    await c.post('batch/v1:jobs', job('j', { selector: { matchLabels: { a: 'b' } } }))
    await c.post('batch/v1:jobs', job('j'.repeat(64), { parallelism: 0 }))
  },
  'what of a Job cannot change': async (c) => {
    await c.make('batch/v1:jobs', job('j', { parallelism: 0 }))
    await c.patch('merge', 'batch/v1:jobs/j', { spec: { completions: 5 } })
    await c.patch('merge', 'batch/v1:jobs/j', { spec: { backoffLimit: 2 } })
    const answer = await c.quietly('PATCH', 'batch/v1:jobs/j', {
      body: { spec: { template: { spec: { priorityClassName: 'x' } } } },
      contentType: 'application/merge-patch+json',
    })
    c.note('template', [answer.status, String((answer.body as { message: string }).message).slice(0, 60)])
  },
  'a CronJob that cannot be': async (c) => {
    const cron = (spec: Fields) => ({
      metadata: { name: 'c' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } }, ...spec },
    })
    for (const spec of [
      { schedule: '' },
      { schedule: '* * *' },
      { schedule: '61 * * * *' },
      { concurrencyPolicy: 'Sometimes' },
      { startingDeadlineSeconds: -1 },
      { successfulJobsHistoryLimit: -1 },
    ])
      await c.post('batch/v1beta1:cronjobs', cron(spec))
    await c.post('batch/v1beta1:cronjobs', { ...cron({}), metadata: { name: 'c'.repeat(53) } })
  },
  'a Service that cannot be': async (c) => {
    await c.post('services', service('s', { ports: [] }))
    await c.post('services', service('s', { ports: [{ port: 0 }] }))
    await c.post('services', service('s', { ports: [{ port: 80 }, { port: 81 }] }))
    await c.post('services', service('s', { type: 'Magic' }))
    await c.post('services', service('s', { clusterIP: '300.1.1.1' }))
    await c.post('services', service('s', { type: 'ExternalName', externalName: '' }))
    await c.post('services', service('s', { sessionAffinity: 'Always' }))
  },
  'what of a Service cannot change': async (c) => {
    await c.make('services', service('s', { clusterIP: 'None' }))
    await c.patch('merge', 'services/s', { spec: { clusterIP: '10.96.7.7' } })
    await c.patch('merge', 'services/s', { spec: { ports: [{ port: 80, protocol: 'WIFI' }] } })
  },
  'a ConfigMap and a Secret that cannot be': async (c) => {
    await c.post('configmaps', configMap('a', { 'a b': 'x' }))
    await c.post('configmaps', { ...configMap('a', { same: 'x' }), binaryData: { same: 'eA==' } })
    await c.post('configmaps', configMap('a', { ['k'.repeat(254)]: 'x' }))
    await c.post('secrets', { metadata: { name: 's' }, data: { '..': 'eA==' } })
    await c.post('secrets', { metadata: { name: 's' }, type: 'kubernetes.io/tls', data: {} })
    await c.post('secrets', { metadata: { name: 's' }, type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'eA==' } })
  },
  'what a Secret of each type must hold': async (c) => {
    for (const [type, data] of [
      ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '' }],
      ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': 'W10=' }],
      ['kubernetes.io/dockercfg', { '.dockercfg': 'eyJhIjo=' }],
      ['kubernetes.io/dockercfg', {}],
      ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }],
      ['kubernetes.io/service-account-token', {}],
      ['kubernetes.io/basic-auth', { username: '' }],
      ['kubernetes.io/dockerconfigjson', { '.dockerconfigjson': 'bnVsbA==' }],
    ] as const)
      await c.post('secrets?dryRun=All', { metadata: { name: 's' }, type, data })
  },
  'the type of a Secret cannot change': async (c) => {
    await c.make('secrets', { metadata: { name: 's' }, data: {} })
    await c.patch('merge', 'secrets/s', { type: 'other' })
  },
  'a node that cannot be': async (c) => {
    await c.post('/api/v1/nodes', { metadata: { name: 'Not A Node' } })
    await c.post('/api/v1/nodes', { metadata: { name: '{ns}-n' }, spec: { taints: [{ key: 'a', effect: 'Never' }] } })
    await c.post('/api/v1/nodes', {
      metadata: { name: '{ns}-n' },
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    })
  },
  'a claim that cannot be, and what of it cannot change': async (c) => {
    const claim = (spec: Fields) => ({
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'none', ...spec },
    })
    await c.post('persistentvolumeclaims', claim({ accessModes: [] }))
    await c.post('persistentvolumeclaims', claim({ accessModes: ['Some'] }))
    await c.post('persistentvolumeclaims', claim({ resources: {} }))
    await c.make('persistentvolumeclaims', claim({}))
    await c.patch('merge', 'persistentvolumeclaims/c', { spec: { storageClassName: 'other' } })
  },
  'roles and bindings that cannot be': async (c) => {
    const rbac = 'rbac.authorization.k8s.io'
    await c.post(`${rbac}/v1:roles`, { metadata: { name: 'r' }, rules: [{ verbs: [] }] })
    await c.post(`${rbac}/v1:roles`, { metadata: { name: 'r' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: [] }] })
    await c.post(`${rbac}/v1:rolebindings`, {
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'x', kind: 'Thing', name: '' },
      subjects: [{ kind: 'Robot', name: 'x' }],
    })
    await c.make(`${rbac}/v1:rolebindings`, { metadata: { name: 'b' }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' } })
    await c.patch('merge', `${rbac}/v1:rolebindings/b`, { roleRef: { name: 'edit' } })
  },
  'a priority class and a namespace that cannot be': async (c) => {
    await c.post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'system-mine' }, value: 1 })
    await c.post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: '{ns}-p' }, value: 2_000_000_000 })
    await c.post('/api/v1/namespaces', { metadata: { name: 'Not.Good' } })
  },
  'a quota that cannot be': async (c) => {
    const quota = (spec: object) => ({ metadata: { name: 'q' }, spec })
    for (const hard of [{ gadgets: '1' }, { storage: '1Gi' }, { cpu: '-1' }, { pods: '500m' }, { 'count/jobs.batch': '1500m' }]) {
      await c.post('resourcequotas', quota({ hard }))
    }
    for (const scopes of [['Best'], ['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']]) {
      await c.post('resourcequotas', quota({ hard: { pods: '1' }, scopes }))
    }
    await c.post('resourcequotas', quota({ hard: { 'requests.cpu': '1' }, scopes: ['BestEffort'] }))
    const selector = (operator: string) => ({ matchExpressions: [{ scopeName: 'PriorityClass', operator }] })
    for (const operator of ['In', 'Over']) await c.post('resourcequotas', quota({ hard: { pods: '1' }, scopeSelector: selector(operator) }))
    await c.make('resourcequotas', quota({ hard: { pods: '1' }, scopes: ['Terminating'] }))
    await c.patch('merge', 'resourcequotas/q', { spec: { scopes: ['NotTerminating'] } })
  },
  'a range of limits that cannot be': async (c) => {
    const range = (...limits: object[]) => ({ metadata: { name: 'r' }, spec: { limits } })
    const container = { type: 'Container' }
    const faults = [
      [{ type: 'Machine', max: { cpu: '1' } }],
      [
        { type: 'Pod', max: { cpu: '1' } },
        { type: 'Pod', max: { cpu: '2' } },
      ],
      [{ type: 'Pod', default: { cpu: '1' } }],
      [{ type: 'PersistentVolumeClaim', default: { cpu: '1' } }],
      [{ ...container, max: { storage: '1Gi' } }],
      [{ ...container, min: { gadgets: '1' } }],
      [{ ...container, min: { cpu: '2' }, max: { cpu: '1' } }],
      [{ ...container, default: { memory: '1Gi' }, defaultRequest: { memory: '2Gi' } }],
      [{ ...container, min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
      [{ ...container, maxLimitRequestRatio: { cpu: '500m' } }],
    ]
    for (const limits of faults) await c.post('limitranges', range(...limits))
  },
})

import { area } from '../conformance-case.ts'
import { budget, daemonSet, deployment, idlePod, job, replicaSet, service } from '../objects.ts'

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'x' }] } }
const cronJob = (spec: Readonly<Record<string, unknown>>) => ({
  metadata: { name: 'c' },
  spec: {
    schedule: '0 0 1 1 *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } } } },
    ...spec,
  },
})

/** What a server fills in where a client has said nothing. */
export const defaults = area('Defaults', {
  'a pod with one container': async (c) =>
    c.post('pods', { metadata: { name: 'p' }, spec: { schedulerName: 'nobody', containers: [{ name: 'a', image: 'x' }] } }),
  'probes, ports and pull policies of containers': async (c) => {
    const probe = { httpGet: { port: 80 } }
    const containers = [
      {
        name: 'a',
        image: 'x:1',
        livenessProbe: probe,
        readinessProbe: { tcpSocket: { port: 'web' } },
        ports: [{ name: 'web', containerPort: 80 }],
      },
      { name: 'b', image: 'x:latest', startupProbe: { exec: { command: ['a'] } }, lifecycle: { preStop: { httpGet: { port: 1 } } } },
      { name: 'c', image: 'registry:5000/x@sha256:0123456789012345678901234567890123456789012345678901234567890123' },
    ]
    await c.post('pods', idlePod('p', { containers, initContainers: [{ name: 'i', image: 'y' }] }))
  },
  'requests that follow limits': async (c) => {
    const resources = { limits: { cpu: '1500m', memory: '1.5Gi' }, requests: { cpu: '0.1' } }
    await c.post(
      'pods',
      idlePod('p', {
        containers: [
          { name: 'a', image: 'x', resources },
          { name: 'b', image: 'x', resources: { limits: { cpu: 2 } } },
        ],
      }),
    )
  },
  'volumes of all common sources': async (c) => {
    const volumes = [
      { name: 'empty' },
      { name: 'dir', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
      { name: 'secret', secret: { secretName: 's' } },
      { name: 'map', configMap: { name: 'm', items: [{ key: 'k', path: 'p' }] } },
      { name: 'host', hostPath: { path: '/x' } },
      { name: 'api', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { name: 'all', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      { name: 'claim', persistentVolumeClaim: { claimName: 'c' } },
    ]
    await c.post('pods', idlePod('p', { volumes }))
  },
  'a pod on the network of its host': async (c) =>
    c.post('pods', idlePod('p', { hostNetwork: true, containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 80 }] }] })),
  'environment from fields': async (c) => {
    const env = [
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'C' },
    ]
    await c.post('pods', idlePod('p', { containers: [{ name: 'a', image: 'x', env }] }))
  },
  'classes of service': async (c) => {
    const pod = (name: string, resources: object) => idlePod(name, { containers: [{ name: 'a', image: 'x', resources }] })
    const qos = async (name: string, resources: object) => {
      const { body } = await c.quietly('POST', 'pods', { body: pod(name, resources) })
      c.note(name, (body as { status: { qosClass: string } }).status.qosClass)
    }
    await qos('best', {})
    await qos('burst', { requests: { cpu: '1' } })
    await qos('good', { limits: { cpu: '1', memory: '1Gi' } })
    await qos('uneven', { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } })
  },
  'a Deployment': async (c) =>
    c.post('apps/v1:deployments', { metadata: { name: 'd' }, spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template } }),
  'a Deployment that recreates': async (c) =>
    c.post('apps/v1:deployments', deployment('d', { replicas: 0, strategy: { type: 'Recreate' } })),
  'a Deployment with half a strategy': async (c) =>
    c.post('apps/v1:deployments', deployment('d', { replicas: 0, strategy: { rollingUpdate: { maxSurge: 0 } } })),
  'a ReplicaSet': async (c) => c.post('apps/v1:replicasets', replicaSet('r', { replicas: 0 })),
  'a StatefulSet': async (c) =>
    c.post('apps/v1:statefulsets', {
      metadata: { name: 's' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: 'b' } },
        serviceName: 's',
        template,
        volumeClaimTemplates: [
          { metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    }),
  'a DaemonSet': async (c) =>
    c.post(
      'apps/v1:daemonsets',
      daemonSet('d', {
        template: { metadata: { labels: { app: 'd' } }, spec: { nodeSelector: { no: 'where' }, containers: template.spec.containers } },
      }),
    ),
  'a Job': async (c) => c.post('batch/v1:jobs', job('j', { parallelism: 0 })),
  'a Job with completions': async (c) =>
    c.post('batch/v1:jobs', { ...job('j'), spec: { ...job('j').spec, parallelism: 0, completions: 3, ttlSecondsAfterFinished: 5 } }),
  'a CronJob': async (c) => c.post('batch/v1beta1:cronjobs', cronJob({})),
  'a Service': async (c) => c.post('services', service('s')),
  'a headless Service, and one for the world': async (c) => {
    await c.post('services', service('a', { clusterIP: 'None' }))
    await c.post('services', service('b', { type: 'NodePort', ports: [{ name: 'x', port: 80, targetPort: 'web' }] }))
    await c.post('services', service('d', { type: 'ExternalName', externalName: 'example.com', ports: [] }))
    await c.post('services', service('e', { type: 'LoadBalancer', sessionAffinity: 'ClientIP', externalTrafficPolicy: 'Local' }))
  },
  'a budget': async (c) => c.post('policy/v1beta1:poddisruptionbudgets', budget('b', { minAvailable: '50%' })),
  'a claim and a volume': async (c) => {
    c.leaves('/api/v1/persistentvolumes/{ns}-v')
    await c.post('persistentvolumeclaims', {
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } },
    })
    await c.post('/api/v1/persistentvolumes', {
      metadata: { name: '{ns}-v' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'other', hostPath: { path: '/x' } },
    })
  },
  'a Secret of strings': async (c) => {
    await c.post('secrets', { metadata: { name: 's' }, stringData: { a: 'plain', b: 'ü' }, data: { a: 'b2xk' } })
    await c.post('secrets', { metadata: { name: 't' }, type: 'kubernetes.io/basic-auth', data: {} })
  },
  'a node, a priority class, a storage class': async (c) => {
    c.leaves('/apis/scheduling.k8s.io/v1/priorityclasses/{ns}-p', '/apis/storage.k8s.io/v1/storageclasses/{ns}-s')
    await c.post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: '{ns}-p' }, value: 10 })
    await c.post('/apis/storage.k8s.io/v1/storageclasses', { metadata: { name: '{ns}-s' }, provisioner: 'x/y' })
  },
  'roles and bindings': async (c) => {
    await c.post('rbac.authorization.k8s.io/v1:roles', {
      metadata: { name: 'r' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    })
    await c.post('rbac.authorization.k8s.io/v1:rolebindings', {
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    })
  },
  'quantities are written in their shortest form': async (c) => {
    const limits = { cpu: '1000m', memory: '1024Mi', 'ephemeral-storage': '1e3' }
    await c.post('pods', idlePod('p', { containers: [{ name: 'a', image: 'x', resources: { limits } }] }))
  },
  'an Event, a Lease, a LimitRange, a ResourceQuota': async (c) => {
    await c.post('events', {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', namespace: '{ns}', name: 'p' },
      reason: 'R',
      message: 'm',
    })
    await c.post('coordination.k8s.io/v1:leases', { metadata: { name: 'l' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 5 } })
    await c.post('limitranges', { metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } })
    await c.post('networking.k8s.io/v1:networkpolicies', { metadata: { name: 'n' }, spec: { podSelector: {} } })
    await c.post('networking.k8s.io/v1:ingresses', {
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    })
  },
})

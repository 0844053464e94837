import type { SandboxObject } from './sandbox-cluster.ts'
import { apart, budget, container, deployment, labelsOf, selectorOf, service } from './workload-drafts.ts'

/** What runs in the sandbox: each kind of workload that a drain treats in its own way. */
export function sandboxWorkloads(): readonly SandboxObject[] {
  return [...namespacesOf(), ...shop(), ...data(), ...ingress(), ...system(), ...batch(), barePod()]
}

const general = { pool: 'general' }

function namespacesOf(): readonly SandboxObject[] {
  return ['shop', 'data', 'ingress'].map((name) => ({ resource: 'namespaces', draft: { metadata: { name } } }))
}

/** A web shop: six pods over the zones, of which five have to serve. */
function shop(): readonly SandboxObject[] {
  const at = { name: 'web', namespace: 'shop' }
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: selectorOf('web'),
  }
  const spec = {
    nodeSelector: general,
    terminationGracePeriodSeconds: 15,
    topologySpreadConstraints: [{ ...spread }, { ...spread, topologyKey: 'topology.kubernetes.io/zone' }],
    containers: [container({ name: 'web', image: 'nginx:1.23', cpu: '500m', memory: '512Mi', port: 8080 })],
  }
  return [deployment(at, 6, spec), service(at, 80, 8080), budget(at, { maxUnavailable: 1 })]
}

/** A database of three members, each with a volume in its zone. */
function data(): readonly SandboxObject[] {
  const at = { name: 'db', namespace: 'data' }
  const spec = {
    nodeSelector: general,
    terminationGracePeriodSeconds: 30,
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart('db')] } },
    containers: [
      {
        ...container({ name: 'db', image: 'postgres:14', cpu: '1', memory: '4Gi', port: 5432 }),
        volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }],
      },
    ],
  }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } },
  }
  return [
    storageClass(),
    service(at, 5432, 5432, { clusterIP: 'None' }),
    {
      resource: 'statefulsets.apps',
      draft: {
        metadata: { ...at, labels: labelsOf('db') },
        spec: {
          serviceName: 'db',
          replicas: 3,
          selector: selectorOf('db'),
          template: { metadata: { labels: labelsOf('db') }, spec },
          volumeClaimTemplates: [claim],
        },
      },
    },
    budget(at, { maxUnavailable: 1 }),
  ]
}

/** Two ingress pods, one on each node that has the address for them. */
function ingress(): readonly SandboxObject[] {
  const at = { name: 'nginx', namespace: 'ingress' }
  const spec = {
    nodeSelector: { pool: 'edge' },
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart('nginx')] } },
    containers: [
      { ...container({ name: 'nginx', image: 'registry.k8s.io/ingress-nginx/controller:v1.4.0', cpu: '250m', memory: '256Mi', port: 80 }) },
    ],
  }
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }
  return [deployment(at, 2, spec, { strategy }), service(at, 80, 80), budget(at, { minAvailable: 1 })]
}

function system(): readonly SandboxObject[] {
  const namespace = 'kube-system'
  const everywhere = [{ operator: 'Exists' }]
  const dns = { containers: [container({ name: 'coredns', image: 'coredns/coredns:1.9.4', cpu: '100m', memory: '70Mi', port: 8181 })] }
  const agent = {
    tolerations: everywhere,
    containers: [container({ name: 'agent', image: 'fluent/fluent-bit:2.0', cpu: '50m', memory: '64Mi' })],
  }
  return [
    deployment({ name: 'coredns', namespace }, 2, { priorityClassName: 'system-cluster-critical', ...dns }),
    {
      resource: 'daemonsets.apps',
      draft: {
        metadata: { name: 'log-agent', namespace, labels: labelsOf('log-agent') },
        spec: { selector: selectorOf('log-agent'), template: { metadata: { labels: labelsOf('log-agent') }, spec: agent } },
      },
    },
  ]
}

/** A Job that takes an hour, and begins anew where it is moved. */
function batch(): readonly SandboxObject[] {
  const spec = {
    restartPolicy: 'Never',
    nodeSelector: general,
    containers: [container({ name: 'report', image: 'python:3.11', cpu: '1', memory: '1Gi' })],
  }
  const metadata = { labels: labelsOf('report'), annotations: { 'twin.falkirk.dev/run-seconds': '3600' } }
  return [
    {
      resource: 'jobs.batch',
      draft: { metadata: { name: 'report', namespace: 'shop' }, spec: { backoffLimit: 6, template: { metadata, spec } } },
    },
  ]
}

/** Nobody starts it again: a drain moves it only by force, and it is lost. */
function barePod(): SandboxObject {
  const spec = { nodeSelector: general, containers: [container({ name: 'shell', image: 'busybox:1', cpu: '50m', memory: '32Mi' })] }
  return { resource: 'pods', draft: { metadata: { name: 'debug', namespace: 'default', labels: labelsOf('debug') }, spec } }
}

function storageClass(): SandboxObject {
  return {
    resource: 'storageclasses.storage.k8s.io',
    draft: {
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'ebs.csi.aws.com',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  }
}

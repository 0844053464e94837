import { describe, expect, it } from 'vitest'
import { apiServiceTrouble, componentOf, workloadTrouble } from './cluster-health.ts'

const metadata = { namespace: 'default', name: 'web' }

describe('workloadTrouble', () => {
  it.each([
    { what: 'all are Ready', kind: 'Deployment', object: { spec: { replicas: 3 }, status: { readyReplicas: 3 } }, missing: undefined },
    {
      what: 'more are Ready than wanted',
      kind: 'Deployment',
      object: { spec: { replicas: 1 }, status: { readyReplicas: 2 } },
      missing: undefined,
    },
    { what: 'one is not', kind: 'StatefulSet', object: { spec: { replicas: 3 }, status: { readyReplicas: 2 } }, missing: 1 },
    { what: 'no status yet: one replica is wanted', kind: 'Deployment', object: {}, missing: 1 },
    { what: 'scaled to none', kind: 'Deployment', object: { spec: { replicas: 0 }, status: {} }, missing: undefined },
    { what: 'a DaemonSet', kind: 'DaemonSet', object: { status: { desiredNumberScheduled: 5, numberReady: 3 } }, missing: 2 },
    { what: 'a DaemonSet of no node', kind: 'DaemonSet', object: { status: { desiredNumberScheduled: 0 } }, missing: undefined },
  ])('$what', ({ kind, object, missing }) => {
    const trouble = workloadTrouble(kind, { metadata, ...object })
    expect(trouble?.missing).toBe(missing)
    if (trouble !== undefined) expect(trouble.what).toBe(`${kind} default/web`)
  })
})

it('an APIService is trouble only when it says that it is not available', () => {
  const of = (status: string) =>
    apiServiceTrouble({
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      status: { conditions: [{ type: 'Available', status, message: 'no endpoints' }] },
    })
  expect(of('False')).toEqual({ what: 'APIService v1beta1.metrics.k8s.io', missing: 1, told: 'is not available: no endpoints' })
  expect(of('True')).toBeUndefined()
  expect(apiServiceTrouble({ metadata: { name: 'v1.apps' } })).toBeUndefined()
})

describe('componentOf reads the version of an image', () => {
  it.each([
    { image: 'registry.k8s.io/kube-apiserver:v1.34.2', version: 'v1.34.2' },
    { image: 'index.docker.io/rancher/hardened-kubernetes:v1.34.2-rke2r1-build20251112', version: 'v1.34.2' },
    { image: 'host:5000/kube-proxy:v1.34.2@sha256:abc', version: 'v1.34.2' },
    { image: 'registry.k8s.io/kube-apiserver:latest', version: undefined },
    { image: 'host:5000/kube-proxy', version: undefined },
  ])('$image', ({ image, version }) => {
    expect(componentOf({ metadata: { namespace: 'kube-system', name: 'x' }, spec: { containers: [{ image }] } })?.version).toBe(version)
  })

  it.each([
    { image: 'registry.k8s.io/etcd:3.5.24-0', version: '3.5.24' },
    { image: 'index.docker.io/rancher/hardened-etcd:v3.5.21-k3s1-build20250612', version: '3.5.21' },
    { image: 'registry.k8s.io/etcd:latest', version: undefined },
  ])('of etcd: $image', ({ image, version }) => {
    const labels = { component: 'etcd', tier: 'control-plane' }
    const found = componentOf({ metadata: { namespace: 'kube-system', name: 'etcd-cp1', labels }, spec: { containers: [{ image }] } })
    expect(found).toEqual(version === undefined ? undefined : { pod: 'kube-system/etcd-cp1', version, of: 'Etcd' })
  })
})

import type { Pod, Service } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { as } from '../../kube-object.ts'
import { samplePod } from '../sample-objects.test-support.ts'
import { endpointSubsets } from './endpoint-subsets.ts'

function service(spec: Service['spec'] = {}, annotations: Record<string, string> = {}): Service {
  return {
    metadata: { name: 'web', namespace: 'default', annotations },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
  }
}

function pod(name: string, ip: string, more: Parameters<typeof samplePod>[1] = {}, metadata: object = {}): Pod {
  const draft = samplePod(name, { ip, nodeName: 'n1', ...more })
  return as<Pod>({ ...draft, metadata: { ...draft.metadata, uid: name, ...metadata } })
}

const ending = { deletionTimestamp: '2026-01-05T10:00:00Z' }
const addresses = (subsets: ReturnType<typeof endpointSubsets>) => subsets.map((subset) => subset.addresses?.map(({ ip }) => ip) ?? [])
const notReady = (subsets: ReturnType<typeof endpointSubsets>) =>
  subsets.flatMap((subset) => subset.notReadyAddresses?.map(({ ip }) => ip) ?? [])

describe('which pods are endpoints', () => {
  it.each([
    { name: 'a ready pod', of: pod('a', '10.0.0.1'), ready: 1, waiting: 0 },
    { name: 'one that is not ready', of: pod('a', '10.0.0.1', { ready: false }), ready: 0, waiting: 1 },
    { name: 'one that ends', of: pod('a', '10.0.0.1', {}, ending), ready: 0, waiting: 0 },
    { name: 'one without an address', of: pod('a', ''), ready: 0, waiting: 0 },
    { name: 'one that has failed', of: pod('a', '10.0.0.1', { phase: 'Failed', ready: false }), ready: 0, waiting: 0 },
    { name: 'one that ends, published', of: pod('a', '10.0.0.1', {}, ending), publish: true, ready: 1, waiting: 0 },
    { name: 'one that is not ready, published', of: pod('a', '10.0.0.1', { ready: false }), publish: true, ready: 1, waiting: 0 },
  ])('$name: $ready ready, $waiting not', ({ of, publish = false, ready, waiting }) => {
    const subsets = endpointSubsets(service({ publishNotReadyAddresses: publish }), [of], 30)
    expect(addresses(subsets).flat()).toHaveLength(ready)
    expect(notReady(subsets)).toHaveLength(waiting)
  })

  it.each([
    { minor: 20, restartPolicy: 'Never', waiting: 0 },
    { minor: 20, restartPolicy: 'Always', waiting: 1 },
    { minor: 22, restartPolicy: 'Always', waiting: 0 },
  ])('in 1.$minor a failed pod with restartPolicy $restartPolicy: $waiting', ({ minor, restartPolicy, waiting }) => {
    const failed = pod('a', '10.0.0.1', { phase: 'Failed', ready: false, spec: { restartPolicy } })
    expect(notReady(endpointSubsets(service(), [failed], minor))).toHaveLength(waiting)
  })

  it('the annotation of old counts like the field', () => {
    const old = service({}, { 'service.alpha.kubernetes.io/tolerate-unready-endpoints': 'true' })
    expect(addresses(endpointSubsets(old, [pod('a', '10.0.0.1', { ready: false })], 30))).toEqual([['10.0.0.1']])
  })
})

describe('ports and addresses', () => {
  it('pods share a subset when they have the same ports; a name is looked up in each', () => {
    const named = (number: number) => ({
      spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: number, protocol: 'TCP' }] }] },
    })
    const pods = [
      pod('a', '10.0.0.10', named(8080)),
      pod('b', '10.0.0.9', named(8080)),
      pod('c', '10.0.0.1', named(9090)),
      pod('d', '10.0.0.2'),
    ]
    const subsets = endpointSubsets(service({ ports: [{ name: 'web', port: 80, targetPort: 'http' }] }), pods, 30)
    expect(addresses(subsets)).toEqual([['10.0.0.9', '10.0.0.10'], ['10.0.0.1']])
    expect(subsets.map(({ ports }) => ports)).toEqual([
      [{ name: 'web', port: 8080, protocol: 'TCP' }],
      [{ name: 'web', port: 9090, protocol: 'TCP' }],
    ])
  })

  it('a headless Service needs no port', () => {
    const headless = service({ clusterIP: 'None', ports: [] })
    expect(endpointSubsets(headless, [pod('a', '10.0.0.1')], 30)).toMatchObject([{ addresses: [{ ip: '10.0.0.1' }] }])
    expect(endpointSubsets(service({ ports: [] }), [pod('a', '10.0.0.1')], 30)).toEqual([])
  })

  it('a pod with a hostname below the Service keeps it', () => {
    const [subset] = endpointSubsets(service(), [pod('db-0', '10.0.0.1', { spec: { hostname: 'db-0', subdomain: 'web' } })], 30)
    expect(subset?.addresses).toMatchObject([{ hostname: 'db-0', ip: '10.0.0.1', targetRef: { kind: 'Pod', name: 'db-0', uid: 'db-0' } }])
  })

  it.each([
    { minor: 21, resourceVersion: '7' },
    { minor: 22, resourceVersion: undefined },
  ])('in 1.$minor the version of the pod is $resourceVersion', ({ minor, resourceVersion }) => {
    const [subset] = endpointSubsets(service(), [pod('a', '10.0.0.1', {}, { resourceVersion: '7' })], minor)
    expect(subset?.addresses?.[0]?.targetRef?.resourceVersion).toBe(resourceVersion)
  })
})

import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../../cluster/virtual-clock.ts'
import { createTwinApi } from '../../../api/twin-api.ts'
import { ObjectStore } from '../../../store/object-store.ts'
import { builtInAdmission } from './built-in-admission.ts'
import { stored } from './objects.test-support.ts'
import { StoreAddressPool } from './service-address-pool.ts'

function cluster(gitVersion = 'v1.20.2', range = '10.96.0.0/29') {
  const store = new ObjectStore()
  const minor = Number(gitVersion.split('.')[1])
  const pool = new StoreAddressPool(store, () => 0, range)
  const admission = builtInAdmission({ reader: store, pool, minor, random: () => 0 })
  const clock = new VirtualClock()
  store.put('namespaces', stored('Namespace', 'default', { status: { phase: 'Active' } }))
  return createTwinApi({ store, clock, random: () => 0.5, gitVersion, admission }).client
}

function service(name: string, spec: object = {}) {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { ports: [{ port: 80 }], ...spec } }
}

const key = (name: string) => ({ namespace: 'default', name })

describe('addresses of Services', () => {
  it('gives each its own, also to those that come at once', async () => {
    const client = cluster()
    const made = await Promise.all(['a', 'b', 'c'].map((name) => client.create('services', service(name))))
    expect(made.map(({ spec }) => (spec as { clusterIP: string }).clusterIP)).toEqual(['10.96.0.1', '10.96.0.2', '10.96.0.3'])
    expect(made[0]?.spec).toMatchObject({ clusterIPs: ['10.96.0.1'], type: 'ClusterIP' })
  })

  it('gives none to a headless Service and to a mere name', async () => {
    const client = cluster()
    expect((await client.create('services', service('a', { clusterIP: 'None' }))).spec).toMatchObject({
      clusterIP: 'None',
      clusterIPs: ['None'],
    })
    const name = await client.create('services', service('b', { type: 'ExternalName', externalName: 'e.org', ports: [] }))
    expect(name.spec).not.toHaveProperty('clusterIP')
  })

  it.each([
    ['an address that is taken', { clusterIP: '10.96.0.1' }, 'provided IP is already allocated'],
    ['an address outside', { clusterIP: '10.0.0.1' }, 'provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/29'],
    ['a node port that is taken', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 }] }, 'provided port is already allocated'],
    ['a node port outside', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }, 'The range of valid ports is 30000-32767'],
  ])('refuses %s', async (_title, spec, why) => {
    const client = cluster()
    await client.create('services', service('first', { type: 'NodePort' }))
    await expect(client.create('services', service('second', spec))).rejects.toThrow(why)
  })

  it('refuses when all are taken, and gives a free one out again', async () => {
    const client = cluster()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await client.create('services', service(name))
    await expect(client.create('services', service('g'))).rejects.toThrow('range is full')
    await client.delete('services', key('c'))
    expect((await client.create('services', service('g'))).spec).toMatchObject({ clusterIP: '10.96.0.3' })
  })

  it.each([
    {
      spec: { clusterIP: '300.1.1.1' },
      why: 'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: "300.1.1.1": must be a valid IP address',
    },
    { spec: { clusterIP: '172.16.0.1', ports: [] }, why: 'Service "a" is invalid: spec.ports: Required value' },
    { spec: { clusterIP: '172.16.0.1' }, why: 'provided IP is not in the valid range' },
  ])('looks for $spec only where the Service is one', async ({ spec, why }) => {
    await expect(cluster('v1.20.2').create('services', service('a', spec))).rejects.toThrow(why)
  })

  it('does not look for an address that a Service cannot change to', async () => {
    const client = cluster('v1.20.2')
    const before = await client.create('services', service('a', { clusterIP: 'None' }))
    for (const change of [{ clusterIP: '172.16.0.1' }, { clusterIP: '172.16.0.1', clusterIPs: ['172.16.0.1'] }]) {
      const changed = client.update('services', { ...before, spec: { ...(before.spec as object), ...change } })
      await expect(changed).rejects.toThrow('spec.clusterIPs[0]: Invalid value: []string{"172.16.0.1"}: may not change once set')
    }
  })

  it('keeps what a Service has when a client leaves it out', async () => {
    const client = cluster()
    const before = await client.create('services', service('a', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }))
    const after = await client.update(
      'services',
      service('a', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { x: 'y' } }),
    )
    expect(after.spec).toEqual({ ...(before.spec as object), selector: { x: 'y' } })
    expect(before.spec).toMatchObject({ ports: [{ nodePort: 30_000 }], healthCheckNodePort: 30_001 })
  })

  it.each([
    { version: 'v1.20.2', asked: 'Local', left: 'none' },
    { version: 'v1.23.0', asked: 'Local', left: 'can only be set on NodePort and LoadBalancer' },
    { version: 'v1.23.0', asked: 'Cluster', left: 'none' },
  ])('$version takes a policy for traffic from outside away with its use: $asked', async ({ version, asked, left }) => {
    const client = cluster(version)
    const before = await client.create('services', service('a', { type: 'NodePort', externalTrafficPolicy: 'Cluster' }))
    const spec = { ...(before.spec as object), type: 'ClusterIP', externalTrafficPolicy: asked }
    const changed = client.update('services', { ...before, spec }).then(
      (after) => (after.spec as { externalTrafficPolicy?: string }).externalTrafficPolicy ?? 'none',
      (error: Error) => error.message,
    )
    expect(await changed).toContain(left)
  })

  it('gives node ports back when a Service needs them no more', async () => {
    const client = cluster()
    const before = await client.create('services', service('a', { type: 'NodePort' }))
    const { externalTrafficPolicy: _policy, ...spec } = before.spec as Record<string, unknown>
    const after = await client.update('services', { ...before, spec: { ...spec, type: 'ClusterIP' } })
    expect((after.spec as { ports: object[] }).ports[0]).not.toHaveProperty('nodePort')
  })

  it('says of which family they are since 1.21', async () => {
    expect((await cluster('v1.21.0').create('services', service('a'))).spec).toMatchObject({
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    })
    expect((await cluster('v1.20.2').create('services', service('a'))).spec).not.toHaveProperty('ipFamilies')
  })
})

describe('what a server 1.20 adds', () => {
  it('to a pod: account, token, priority, tolerations, and a class of service that counts them in', async () => {
    const client = cluster()
    client.store.put('serviceaccounts', stored('ServiceAccount', 'default', { secrets: [{ name: 't' }] }, { namespace: 'default' }))
    client.store.put('secrets', stored('Secret', 't', { type: 'kubernetes.io/service-account-token' }, { namespace: 'default' }))
    const limits = [{ type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '1', memory: '1Gi' } }]
    client.store.put('limitranges', stored('LimitRange', 'lr', { spec: { limits } }, { namespace: 'default' }))
    const pod = await client.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'a', image: 'x' }] },
    })
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [{ key: 'node.kubernetes.io/not-ready' }, { key: 'node.kubernetes.io/unreachable' }],
      volumes: [{ name: 't' }],
    })
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' })
  })

  it('refuses a pod whose account is not there with 403', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'a', image: 'x' }] },
    }
    await expect(cluster().create('pods', pod)).rejects.toMatchObject({
      code: 403,
      message: 'pods "p" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
    })
  })

  it('to a node: a taint until it is ready', async () => {
    const node = await cluster().create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
    expect(node.spec).toEqual({ taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] })
  })

  it('to a claim: the default class and a finalizer', async () => {
    const client = cluster()
    const mark = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }
    client.store.put('storageclasses.storage.k8s.io', stored('StorageClass', 'fast', {}, mark))
    const claim = await client.create('persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    expect(claim.spec).toMatchObject({ storageClassName: 'fast', volumeMode: 'Filesystem' })
    expect(claim.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
    const grown = { ...claim, spec: { ...(claim.spec as object), resources: { requests: { storage: '2Gi' } } } }
    await expect(client.update('persistentvolumeclaims', grown)).rejects.toMatchObject({ code: 422 })
  })
})

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ApiClient, createApiClient } from '../../src/cluster/api-client.ts'
import { ensureCrd } from '../../src/cluster/custom-resource-definition.ts'
import { evictPod } from '../../src/cluster/evict-pod.ts'
import { createTransport } from '../../src/cluster/https-transport.ts'
import { loadClusterAccess } from '../../src/cluster/kube-config.ts'
import { configMaps, namespaces, nodes, type Resource } from '../../src/cluster/resource.ts'
import { discoverServer, type ServerCapabilities } from '../../src/cluster/server-capabilities.ts'
import { planCrd } from '../../src/core/plan/plan-crd.ts'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'

let plane: ControlPlane
let capabilities: ServerCapabilities
let admin: ApiClient
let nobody: ApiClient
const closing: (() => Promise<void>)[] = []

async function clientOf(user: string): Promise<ApiClient> {
  const access = await loadClusterAccess({ kubeconfig: plane.kubeconfigFor(user), env: {} })
  const transport = createTransport(access, { version: 'test' })
  closing.push(() => transport.close())
  capabilities ??= await discoverServer(transport)
  return createApiClient(transport, capabilities)
}

beforeAll(async () => {
  plane = await startControlPlane({ users: [{ name: 'nobody' }] })
  admin = await clientOf('admin')
  nobody = await clientOf('nobody')
})

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await plane?.down()
})

const configMap = (name: string, data: Record<string, string>) => ({ metadata: { namespace: 'default', name }, data })

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid?: string; readonly resourceVersion?: string }
  readonly data?: Readonly<Record<string, string>>
}

describe('a real API server v1.20', () => {
  it('is asked for what it has', () => {
    expect(capabilities).toMatchObject({
      gitVersion: plane.version,
      minor: 20,
      crdVersion: 'v1',
      serverSideApply: true,
      watchBookmarks: true,
      policyVersion: 'v1beta1',
      evictionVersion: 'v1beta1',
      leaseVersion: 'v1',
    })
  })

  it('takes every verb', async () => {
    const made = await admin.create<ConfigMap>(configMaps, configMap('verbs', { a: '1' }))
    const at = { namespace: 'default', name: 'verbs' }
    await expect(admin.create(configMaps, configMap('verbs', {}))).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' })
    const replaced = await admin.replace<ConfigMap>(configMaps, { ...made, data: { a: '2' } })
    await expect(admin.replace<ConfigMap>(configMaps, { ...made, data: {} })).rejects.toMatchObject({ status: 409, reason: 'Conflict' })
    expect(replaced.data).toEqual({ a: '2' })
    await admin.patch(configMaps, at, { type: 'merge', body: { data: { b: 'x', a: null } } })
    await admin.patch(configMaps, at, { type: 'strategic', body: { data: { c: 'y' } } })
    await admin.patch(configMaps, at, { type: 'json', body: [{ op: 'add', path: '/data/d', value: 'z' }] })
    await admin.patch(configMaps, at, { type: 'merge', body: { data: { never: 'stored' } } }, { dryRun: true })
    expect((await admin.get<ConfigMap>(configMaps, at)).data).toEqual({ b: 'x', c: 'y', d: 'z' })
    await expect(admin.delete(configMaps, at, { preconditions: { uid: 'another' } })).rejects.toMatchObject({ status: 409 })
    await admin.delete(configMaps, at, { propagationPolicy: 'Background', preconditions: { uid: made.metadata.uid ?? '' } })
    expect(await admin.find(configMaps, at)).toBeUndefined()
  })

  it('applies on the server, and to the same end without it', async () => {
    const old = createApiClient(admin.transport, { ...capabilities, serverSideApply: false })
    for (const [name, client] of Object.entries({ apply: admin, merge: old })) {
      await client.apply<ConfigMap>(configMaps, configMap(name, { a: '1' }))
      await client.apply<ConfigMap>(configMaps, configMap(name, { a: '2', b: '3' }), { force: true })
      expect((await admin.get<ConfigMap>(configMaps, { namespace: 'default', name })).data).toEqual({ a: '2', b: '3' })
    }
    await expect(admin.apply<ConfigMap>(configMaps, configMap('apply', { a: '4' }), { fieldManager: 'other' })).rejects.toMatchObject({
      status: 409,
      causes: [{ reason: 'FieldManagerConflict' }],
    })
  })

  it('lists in pages, packed when they are large', async () => {
    const text = 'x'.repeat(50_000)
    await Promise.all(Array.from({ length: 7 }, (_, i) => admin.create(configMaps, configMap(`page-${i}`, { text }))))
    const { items, resourceVersion } = await admin.list<ConfigMap>(configMaps, { namespace: 'default', pageSize: 3 })
    const pages = items.filter(({ metadata }) => metadata.name.startsWith('page-'))
    expect(pages.map(({ metadata }) => metadata.name)).toEqual(Array.from({ length: 7 }, (_, i) => `page-${i}`))
    expect(pages.every(({ data }) => data?.text === text)).toBe(true)
    expect(Number(resourceVersion)).toBeGreaterThan(0)
  })

  it('watches, and ends the watch when told to', async () => {
    const stream = await admin.transport.stream({ method: 'GET', path: '/api/v1/namespaces', query: { watch: true, timeoutSeconds: 300 } })
    let text = ''
    for await (const chunk of stream) {
      text += Buffer.from(chunk).toString()
      if (text.includes('"kube-system"')) stream.close()
    }
    expect(text).toContain('"type":"ADDED"')
  })

  it('refuses a user without rights, in words that say the rule', async () => {
    await expect(nobody.list(nodes)).rejects.toMatchObject({
      code: 'FK_FORBIDDEN',
      message:
        'user "nobody" may not list nodes in the whole cluster: add the rule {apiGroups: [""], resources: ["nodes"], verbs: ["list"]} to a ClusterRole bound to this user',
    })
  })
})

describe('evictions', () => {
  const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true }
  const budgets: Resource = {
    group: 'policy',
    version: 'v1beta1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
  }
  const namespace = 'evictions'

  async function runningPod(name: string): Promise<{ namespace: string; name: string; uid: string }> {
    const spec = { nodeName: 'nowhere', containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false }
    const pod = await admin.create<ConfigMap>(pods, { metadata: { namespace, name, labels: { app: name } }, spec } as object as ConfigMap)
    const conditions = [{ type: 'Ready', status: 'True' }]
    await admin.patchStatus(pods, { namespace, name }, { type: 'strategic', body: { status: { phase: 'Running', conditions } } })
    return { namespace, name, uid: pod.metadata.uid ?? '' }
  }

  const guard = (name: string, app: string, minAvailable: number) =>
    admin.create(budgets, {
      metadata: { namespace, name },
      spec: { minAvailable, selector: { matchLabels: { app } } },
    } as object as ConfigMap)

  /** The disruption controller has looked at the budget, and knows that its pod is ready. */
  const judged = (name: string) =>
    expect
      .poll(
        async () =>
          (await admin.get<{ metadata: { name: string }; status?: { currentHealthy?: number } }>(budgets, { namespace, name })).status
            ?.currentHealthy,
        {
          timeout: 20_000,
        },
      )
      .toBe(1)

  beforeAll(async () => {
    await admin.create(namespaces, { metadata: { name: namespace } })
    await vi.waitFor(() => plane.api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`), { timeout: 20_000 })
  })

  it('one that nothing forbids is accepted; a rehearsed one leaves the pod', async () => {
    const pod = await runningPod('free')
    expect(await evictPod(admin, pod, { dryRun: true })).toEqual({ kind: 'Accepted' })
    expect(await admin.get<{ metadata: { name: string; deletionTimestamp?: string } }>(pods, pod)).not.toHaveProperty(
      'metadata.deletionTimestamp',
    )
    expect(await evictPod(admin, pod, { gracePeriodSeconds: 0 })).toEqual({ kind: 'Accepted' })
    await expect.poll(() => admin.find(pods, pod)).toBeUndefined()
    expect(await evictPod(admin, pod)).toEqual({ kind: 'Gone' })
  })

  it('a namesake is left alone', async () => {
    const pod = await runningPod('namesake')
    expect(await evictPod(admin, { ...pod, uid: 'the-one-before' })).toEqual({ kind: 'Gone' })
    expect(await admin.get<{ metadata: { name: string; deletionTimestamp?: string } }>(pods, pod)).not.toHaveProperty(
      'metadata.deletionTimestamp',
    )
  })

  it('one that the budget forbids is refused with the numbers, two budgets are said to be two', async () => {
    const pod = await runningPod('guarded')
    await guard('one', 'guarded', 1)
    await judged('one')
    expect(await evictPod(admin, pod)).toEqual({
      kind: 'BudgetRefused',
      message: 'The disruption budget one needs 1 healthy pods and has 1 currently',
    })
    await guard('two', 'guarded', 1)
    expect(await evictPod(admin, pod)).toMatchObject({
      kind: 'SeveralBudgets',
      message: expect.stringContaining('more than one PodDisruptionBudget'),
    })
  })

  it('a user without rights is denied, with the rule', async () => {
    expect(await evictPod(nobody, { namespace, name: 'x' })).toMatchObject({
      kind: 'Denied',
      message: expect.stringContaining('resources: ["pods/eviction"], verbs: ["create"]'),
    })
  })
})

describe('the definition of Plans', () => {
  const definitions: Resource = {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  }
  const at = { name: 'plans.upgrade.cattle.io' }

  it('is created, served, and then left alone', async () => {
    expect(await ensureCrd(admin, capabilities, planCrd())).toBe('Created')
    expect(await plane.api.get('/apis/upgrade.cattle.io/v1/plans')).toMatchObject({ kind: 'PlanList' })
    expect(await ensureCrd(admin, capabilities, planCrd())).toBe('Unchanged')
  })

  it('is brought up to date around the labels of others', async () => {
    await admin.patch(definitions, at, { type: 'merge', body: { metadata: { labels: { helm: 'x' } } } })
    await admin.patch(definitions, at, {
      type: 'json',
      body: [{ op: 'remove', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/concurrency' }],
    })
    expect(await ensureCrd(admin, capabilities, planCrd())).toBe('Updated')
    expect(await admin.get(definitions, at)).toMatchObject({ metadata: { labels: { helm: 'x' } } })
    expect(await ensureCrd(admin, capabilities, planCrd())).toBe('Unchanged')
  })

  it('is the same through v1beta1, which this server still has', async () => {
    const old = { ...capabilities, crdVersion: 'v1beta1' as const }
    await admin.delete(definitions, at)
    await expect.poll(() => admin.find(definitions, at), { timeout: 20_000 }).toBeUndefined()
    expect(await ensureCrd(admin, old, planCrd())).toBe('Created')
    expect(await ensureCrd(admin, old, planCrd())).toBe('Unchanged')
    expect(await ensureCrd(admin, capabilities, planCrd())).toBe('Updated')
  })

  it('may not even be looked at by a user without rights', async () => {
    expect(await ensureCrd(nobody, capabilities, planCrd())).toMatchObject({
      kind: 'Forbidden',
      message: expect.stringContaining('verbs: ["get"]'),
    })
  })
})

import { describe, expect, it } from 'vitest'
import { ControlLoop } from '../../control-loop/control-loop.ts'
import { accessServer } from '../access-server.test-support.ts'
import { quotaAdmission } from './quota-admission.ts'
import { QuotaController } from './quota-controller.ts'

const container = (resources: object) => ({ name: 'c', image: 'i', resources })
const sized = (cpu: string) => container({ requests: { cpu }, limits: { memory: '100Mi' } })

async function withQuota(spec: object, version = 'v1.20.2') {
  const server = await accessServer(version, { admissionOf: ({ store, catalog }) => [quotaAdmission(store, () => catalog().minor)] })
  await server.client.create('resourcequotas', { metadata: { name: 'q', namespace: 'default' }, spec })
  const post = async (path: string, body: object) => {
    const { status, body: answer } = await server.send('POST', path, { body })
    return status === 201 ? 'created' : `${status} ${answer.message}`
  }
  const pod = (name: string, one: object, more: object = {}) =>
    post('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [one], ...more },
    })
  const plain = (kind: string, plural: string, name: string, spec?: object) =>
    post(`/api/v1/namespaces/default/${plural}`, {
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: 'default' },
      ...(spec && { spec }),
    })
  return { ...server, pod, plain }
}

describe('a quota', () => {
  const hard = { pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi' }

  it('refuses pods that do not fit, in the words of the API server', async () => {
    const { pod } = await withQuota({ hard })
    expect(await pod('a', container({}))).toBe('403 pods "a" is forbidden: failed quota: q: must specify limits.memory,requests.cpu')
    expect(await pod('b', container({ requests: { cpu: '2' }, limits: { memory: '2Gi' } }))).toBe(
      '403 pods "b" is forbidden: exceeded quota: q, requested: limits.memory=2Gi,requests.cpu=2, used: limits.memory=0,requests.cpu=0, limited: limits.memory=1Gi,requests.cpu=1',
    )
    expect(await pod('c', sized('500m'))).toBe('created')
    expect(await pod('d', sized('600m'))).toBe(
      '403 pods "d" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1',
    )
    expect(await pod('e', sized('100m'))).toBe('created')
    expect(await pod('f', sized('100m'))).toBe(
      '403 pods "f" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    )
  })

  it('names the containers since 1.24', async () => {
    const { pod } = await withQuota({ hard }, 'v1.24.0')
    expect(await pod('a', container({}))).toMatch(/must specify limits\.memory for: c; requests\.cpu for: c$/)
  })

  it('has room again when a pod has come to its end', async () => {
    const { pod, client } = await withQuota({ hard: { pods: '1' } })
    expect(await pod('a', container({}))).toBe('created')
    expect(await pod('b', container({}))).toContain('exceeded quota')
    await client.change('pods', { namespace: 'default', name: 'a' }, (it) => ({ ...it, status: { phase: 'Succeeded' } }), 'status')
    expect(await pod('b', container({}))).toBe('created')
  })

  it('counts objects of other kinds', async () => {
    const { plain } = await withQuota({ hard: { 'count/configmaps': '1', 'services.nodeports': '1' } })
    expect(await plain('ConfigMap', 'configmaps', 'a')).toBe('created')
    expect(await plain('ConfigMap', 'configmaps', 'b')).toBe(
      '403 configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    )
    expect(await plain('Service', 'services', 'a', { type: 'NodePort', ports: [{ port: 1 }] })).toBe('created')
    expect(await plain('Service', 'services', 'b', { type: 'NodePort', ports: [{ port: 1 }] })).toContain('exceeded quota')
    expect(await plain('Service', 'services', 'c', { ports: [{ port: 1 }] })).toBe('created')
  })

  it.each([
    [['BestEffort'], container({}), 'exceeded'],
    [['BestEffort'], sized('1'), 'created'],
    [['NotBestEffort'], container({}), 'created'],
    [['Terminating'], container({}), 'created'],
    [['NotTerminating'], container({}), 'exceeded'],
  ])('with the scopes %j looks at the pods in them only', async (scopes, one, expected) => {
    const { pod } = await withQuota({ hard: { pods: '0' }, scopes })
    expect(await pod('a', one)).toContain(expected)
  })

  it('counts native sidecars with the containers, and the init containers after them with both', async () => {
    const { pod } = await withQuota({ hard: { 'requests.cpu': '1' } }, 'v1.29.0')
    const asks = (name: string, cpu: string, more: object = {}) => ({ ...container({ requests: { cpu } }), name, ...more })
    const sidecar = asks('s', '300m', { restartPolicy: 'Always' })
    expect(await pod('a', asks('c', '800m'), { initContainers: [sidecar] })).toContain('requested: requests.cpu=1100m')
    expect(await pod('b', asks('c', '100m'), { initContainers: [sidecar, asks('i', '800m')] })).toContain('requested: requests.cpu=1100m')
    expect(await pod('c', asks('c', '100m'), { initContainers: [asks('i', '800m'), sidecar] })).toBe('created')
  })

  it('limits huge pages and devices by their requests alone', async () => {
    const { pod } = await withQuota({ hard: { 'hugepages-2Mi': '4Mi', 'requests.example.com/gpu': '1', 'limits.example.com/gpu': '0' } })
    const both = (amounts: object) => container({ requests: { cpu: '1', ...amounts }, limits: amounts })
    expect(await pod('a', both({ 'hugepages-2Mi': '6Mi' }))).toContain('requested: hugepages-2Mi=6Mi')
    expect(await pod('b', both({ 'example.com/gpu': '2' }))).toContain('requested: requests.example.com/gpu=2')
    expect(await pod('c', both({ 'example.com/gpu': '1' }))).toBe('created')
  })

  it.each([
    { what: 'names other namespaces', term: { namespaces: ['other'] }, expected: 'exceeded' },
    { what: 'selects other namespaces', term: { namespaceSelector: {} }, expected: 'exceeded' },
    { what: 'stays in its own', term: {}, expected: 'created' },
  ])('of the scope CrossNamespacePodAffinity looks at a pod whose affinity $what', async ({ term, expected }) => {
    const scopeSelector = { matchExpressions: [{ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }] }
    const { pod } = await withQuota({ hard: { pods: '0' }, scopeSelector }, 'v1.24.0')
    const rule = { ...term, topologyKey: 'zone', labelSelector: { matchLabels: { a: 'b' } } }
    const affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: rule }] } }
    expect(await pod('a', container({}), { affinity })).toContain(expected)
  })

  it('takes a pod that asks for other things than cpu and memory for one of best effort', async () => {
    const { pod } = await withQuota({ hard: { pods: '0' }, scopes: ['BestEffort'] })
    expect(await pod('a', container({ requests: { 'ephemeral-storage': '1Gi' } }))).toContain('exceeded')
  })

  it('tells how much of it is used', async () => {
    const { pod, client, store, clock } = await withQuota({ hard })
    const loop = new ControlLoop(new QuotaController(client), { store, clock })
    loop.start()
    await pod('a', sized('500m'))
    await clock.advance(1_000)
    loop.stop()
    expect(store.get('resourcequotas', 'default', 'q')?.status).toEqual({
      hard,
      used: { pods: '1', 'requests.cpu': '500m', 'limits.memory': '100Mi' },
    })
  })
})

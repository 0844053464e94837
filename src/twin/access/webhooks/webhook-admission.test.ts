import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../../cluster/clock.ts'
import { versionConversion } from '../../schema/conversion/version-conversion.ts'
import { strategyOf } from '../../schema/strategies/strategy-of.ts'
import { accessServer, type Json, type ServerGround } from '../access-server.test-support.ts'
import { WebhookAdmission } from './webhook-admission.ts'
import { storedServices } from './webhook-target.ts'

type Answer = (request: Json) => object | Promise<object>

const servers: Server[] = []
const admissions: WebhookAdmission[] = []

afterEach(async () => {
  await Promise.all(admissions.splice(0).map((admission) => admission.close()))
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

interface Options {
  readonly version?: string
  /** By the name of a Service in the namespace hooks. */
  readonly services?: Readonly<Record<string, Answer>>
  /** Of the calls; that of the server unless told. */
  readonly callClock?: Clock
}

/** An API server whose webhooks are Services with endpoints, answered by functions of the test; `asked` is what these have seen. */
async function hookServer({ version = 'v1.20.2', services = {}, callClock }: Options = {}) {
  const asked: Json[] = []
  const inProcess = (answer: Answer) => ({
    kind: 'InProcess' as const,
    answer: async (review: Json) => {
      asked.push(review.request)
      const response = { uid: review.request.uid, allowed: true, ...(await answer(review.request)) }
      return { apiVersion: review.apiVersion, kind: 'AdmissionReview', response }
    },
  })
  const answering = Object.fromEntries(Object.entries(services).map(([name, answer]) => [`hooks/${name}`, inProcess(answer)]))
  const admissionOf = ({ store, clock, catalog }: ServerGround) => {
    const admission = new WebhookAdmission({
      store,
      clock: callClock ?? clock,
      random: () => 0.5,
      catalog,
      conversion: versionConversion,
      resolve: storedServices(store, answering),
      defaults: (draft, { type }) => strategyOf(type.plural).defaults?.(draft, { minor: 20, nowMs: 0 }) ?? draft,
      plugins: [],
    })
    admissions.push(admission)
    return admission.steps
  }
  const api = await accessServer(version, { admissionOf })
  await api.client.create('namespaces', { metadata: { name: 'hooks' } })
  for (const name of Object.keys(services)) await serveService(api, name)
  const put = async (name: string) => await api.send('POST', '/api/v1/namespaces/default/configmaps', { body: configMap(name) })
  return { ...api, asked, put }
}

async function serveService({ client }: Awaited<ReturnType<typeof accessServer>>, name: string) {
  const metadata = { name, namespace: 'hooks' }
  await client.create('services', { metadata, spec: { ports: [{ port: 443 }] } })
  await client.create('endpoints', { metadata, subsets: [{ addresses: [{ ip: '10.42.0.9' }], ports: [{ port: 443 }] }] })
}

function configMap(name: string, data?: object) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, ...(data === undefined ? {} : { data }) }
}

const onConfigMaps = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], scope: '*' }

function hook(service: string, more: object = {}) {
  const clientConfig = { service: { namespace: 'hooks', name: service, path: '/v', port: 443 } }
  return {
    name: `${service}.example.com`,
    clientConfig,
    rules: [onConfigMaps],
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 1,
    failurePolicy: 'Fail',
    ...more,
  }
}

async function configure(
  { client }: Pick<Awaited<ReturnType<typeof hookServer>>, 'client'>,
  kind: 'Mutating' | 'Validating',
  ...webhooks: object[]
) {
  await client.create(`${kind.toLowerCase()}webhookconfigurations.admissionregistration.k8s.io`, { metadata: { name: 'test' }, webhooks })
}

const patchOf = (operations: readonly object[]) => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

describe('a validating webhook', () => {
  it.each([
    ['v1.27.16', ['a', 'b']],
    ['v1.28.1', ['b']],
  ])('of a server %s is asked about %j by its matchConditions', async (version, expected) => {
    const server = await hookServer({ version, services: { v: () => ({}) } })
    await configure(server, 'Validating', hook('v', { matchConditions: [{ name: 'not-a', expression: "object.metadata.name != 'a'" }] }))
    for (const name of ['a', 'b']) expect(await server.put(name)).toMatchObject({ status: 201 })
    expect(server.asked.map(({ name }) => name)).toEqual(expected)
  })

  it('is told who does what to which object', async () => {
    const server = await hookServer({ services: { v: () => ({}) } })
    await configure(server, 'Validating', hook('v'))
    expect(await server.put('c')).toMatchObject({ status: 201 })
    expect(server.asked).toEqual([
      expect.objectContaining({
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
        name: 'c',
        namespace: 'default',
        operation: 'CREATE',
        userInfo: { username: 'root', groups: ['system:masters', 'system:authenticated'] },
        object: expect.objectContaining({ apiVersion: 'v1', kind: 'ConfigMap' }),
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      }),
    ])
  })

  it.each([
    [{ allowed: false }, 400, 'admission webhook "v.example.com" denied the request without explanation'],
    [{ allowed: false, status: { reason: 'Because' } }, 400, 'admission webhook "v.example.com" denied the request: Because'],
    [{ allowed: false, status: { code: 418, message: 'no way' } }, 418, 'admission webhook "v.example.com" denied the request: no way'],
    [
      { uid: 'x' },
      500,
      'Internal error occurred: failed calling webhook "v.example.com": expected response.uid="80000000-8000-4000-8000-000080000000", got "x"',
    ],
    [
      { patch: 'W10=' },
      500,
      'Internal error occurred: failed calling webhook "v.example.com": webhook returned response.patch but not response.patchType',
    ],
  ])('that answers %j is passed on', async (answer, status, message) => {
    const server = await hookServer({ services: { v: () => answer } })
    await configure(server, 'Validating', hook('v'))
    expect(await server.put('c')).toMatchObject({ status, body: { code: status, message } })
    expect(server.store.get('configmaps', 'default', 'c')).toBeUndefined()
  })

  it('warns', async () => {
    const server = await hookServer({ services: { v: () => ({ warnings: ['careful', 'twice'] }) } })
    await configure(server, 'Validating', hook('v'))
    expect((await server.put('c')).headers.warning).toBe('299 - "careful", 299 - "twice"')
  })

  it('is asked about evictions as such, and about deletions with what was there', async () => {
    const evictions = { ...onConfigMaps, resources: ['pods/eviction', 'configmaps'] }
    const server = await hookServer({
      services: { v: ({ operation }) => ({ allowed: operation !== 'CREATE', status: { message: 'not now', code: 429 } }) },
    })
    await server.client.create('pods', { metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
    await server.client.create('configmaps', configMap('c', { a: 'b' }))
    await configure(server, 'Validating', hook('v', { rules: [evictions] }))
    const body = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'p', namespace: 'default' } }
    expect(await server.send('POST', '/api/v1/namespaces/default/pods/p/eviction', { body })).toMatchObject({
      status: 429,
      body: { message: 'admission webhook "v.example.com" denied the request: not now' },
    })
    expect(await server.send('DELETE', '/api/v1/namespaces/default/configmaps/c')).toMatchObject({ status: 200 })
    expect(server.asked).toMatchObject([
      {
        subResource: 'eviction',
        kind: { group: 'policy', kind: 'Eviction' },
        requestResource: { resource: 'pods' },
        object: { kind: 'Eviction' },
      },
      { operation: 'DELETE', object: null, oldObject: { data: { a: 'b' } }, options: { kind: 'DeleteOptions' } },
    ])
  })

  it('is asked about a scale as such, not about the object', async () => {
    const rules = [{ operations: ['*'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments', 'deployments/scale'] }]
    const server = await hookServer({
      services: { v: ({ subResource, object }) => ({ allowed: subResource !== 'scale' || object.spec.replicas < 5 }) },
    })
    const labels = { app: 'web' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { replicas: 1, selector: { matchLabels: labels }, template }
    await server.client.create('deployments.apps', { metadata: { name: 'web', namespace: 'default' }, spec })
    await configure(server, 'Validating', hook('v', { rules }))
    const scaleTo = (replicas: number) =>
      server.send('PATCH', '/apis/apps/v1/namespaces/default/deployments/web/scale', {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec: { replicas } },
      })
    expect(await scaleTo(2)).toMatchObject({ status: 200, body: { spec: { replicas: 2 } } })
    expect(await scaleTo(5)).toMatchObject({ status: 400 })
    expect(server.asked[0]).toMatchObject({
      subResource: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      object: { kind: 'Scale', spec: { replicas: 2 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 } },
    })
  })

  it.each([
    ['gone', {}, 'Post "https://gone.hooks.svc:443/v?timeout=1s": service "gone" not found'],
    ['empty', {}, 'Post "https://empty.hooks.svc:443/v?timeout=1s": no endpoints available for service "empty"'],
    [
      'v',
      { clientConfig: { service: { namespace: 'hooks', name: 'v', port: 444 } } },
      'Post "https://v.hooks.svc:444/?timeout=1s": no service port 444 found for service "v"',
    ],
  ])('whose Service %s cannot be reached stops the write, unless it may be ignored', async (service, more, why) => {
    const server = await hookServer({ services: { v: () => ({}) } })
    await server.client.create('services', { metadata: { name: 'empty', namespace: 'hooks' }, spec: { ports: [{ port: 443 }] } })
    await configure(server, 'Validating', hook(service, more))
    const message = `failed calling webhook "${service}.example.com": ${why}`
    expect(await server.put('c')).toMatchObject({
      status: 500,
      body: { message: `Internal error occurred: ${message}`, reason: 'InternalError', details: { causes: [{ message }] } },
    })
    await server.client.change('validatingwebhookconfigurations.admissionregistration.k8s.io', { name: 'test' }, (configuration) => ({
      ...configuration,
      webhooks: [hook(service, { ...more, failurePolicy: 'Ignore' })],
    }))
    expect(await server.put('c')).toMatchObject({ status: 201 })
  })

  it('that does not answer in time is given up, by the clock', async () => {
    const server = await hookServer({ version: 'v1.25.0', services: { v: () => new Promise(() => {}) } })
    await configure(server, 'Validating', hook('v'))
    const answer = server.put('c')
    await server.clock.advance(1_000)
    expect(await answer).toMatchObject({
      status: 500,
      body: {
        message:
          'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: Post "https://v.hooks.svc:443/v?timeout=1s": context deadline exceeded',
      },
    })
  })

  it('with side effects is not asked by a dry run', async () => {
    const server = await hookServer({ services: { v: () => ({}) } })
    await configure(server, 'Validating', hook('v'))
    const resource = 'validatingwebhookconfigurations.admissionregistration.k8s.io'
    const [configuration] = server.store.list(resource)
    // Only clients of the first version could make such a one.
    if (configuration !== undefined) server.store.put(resource, { ...configuration, webhooks: [hook('v', { sideEffects: 'Some' })] })
    const dryRun = () => server.send('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', { body: configMap('c') })
    expect(await dryRun()).toMatchObject({
      status: 400,
      body: { message: 'admission webhook "v.example.com" does not support dry run', reason: 'BadRequest' },
    })
    expect(server.asked).toEqual([])
  })
})

describe('mutating webhooks', () => {
  it('change what is stored, and what they leave out is filled in', async () => {
    const sidecar = { op: 'add', path: '/spec/containers/-', value: { name: 'proxy', image: 'proxy' } }
    const server = await hookServer({ services: { m: () => patchOf([sidecar]) } })
    await configure(server, 'Mutating', hook('m', { rules: [{ ...onConfigMaps, resources: ['pods'] }] }))
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    }
    const { status, body: pod } = await server.send('POST', '/api/v1/namespaces/default/pods', { body })
    expect(status).toBe(201)
    expect(pod.spec.containers).toMatchObject([{ name: 'c' }, { name: 'proxy', imagePullPolicy: 'Always' }])
  })

  it('are asked one after the other, and again when they want it and another has changed the object', async () => {
    const label = (name: string) => ({ op: 'add', path: `/data/${name}`, value: 'yes' })
    const seen: string[] = []
    const server = await hookServer({
      services: {
        a: ({ object }) => {
          seen.push(`a ${Object.keys(object.data)}`)
          return patchOf([label('a')])
        },
        b: ({ object }) => {
          seen.push(`b ${Object.keys(object.data)}`)
          return patchOf([label('b')])
        },
      },
    })
    await configure(server, 'Mutating', hook('a', { reinvocationPolicy: 'IfNeeded' }), hook('b'))
    await server.send('POST', '/api/v1/namespaces/default/configmaps', { body: configMap('c', { x: 'y' }) })
    expect(seen).toEqual(['a x', 'b x,a', 'a x,a,b'])
    expect(server.store.get('configmaps', 'default', 'c')?.data).toEqual({ x: 'y', a: 'yes', b: 'yes' })
  })

  it('with a patch that does not fit stop the write', async () => {
    const server = await hookServer({ services: { m: () => patchOf([{ op: 'remove', path: '/data/none' }]) } })
    await configure(server, 'Mutating', hook('m', { failurePolicy: 'Ignore' }))
    expect(await server.put('c')).toMatchObject({ status: 500, body: { reason: 'InternalError' } })
  })
})

describe('a webhook with a URL', () => {
  const listen = async (answer: (body: Json) => { status: number; body: string }) => {
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const server = createServer({ cert: pems.cert, key: pems.private }, (request, response) => {
      let text = ''
      request.on('data', (piece) => {
        text += piece
      })
      request.on('end', () => {
        const { status, body } = answer({ ...JSON.parse(text), url: request.url })
        response.writeHead(status, { connection: 'close' }).end(body)
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { url: `https://127.0.0.1:${port}/hook`, port, caBundle: Buffer.from(pems.cert).toString('base64') }
  }
  const real = { callClock: systemClock }
  // of real time: a busy machine takes more than one
  const timeoutSeconds = 30

  it('on this machine is really called', async () => {
    const seen: string[] = []
    const { url, caBundle } = await listen(({ apiVersion, request, url: path }) => {
      seen.push(path)
      const response = { uid: request.uid, allowed: false, status: { message: request.name } }
      return { status: 200, body: JSON.stringify({ apiVersion, kind: 'AdmissionReview', response }) }
    })
    const server = await hookServer(real)
    await configure(server, 'Validating', hook('v', { clientConfig: { url, caBundle }, timeoutSeconds }))
    expect(await server.put('c')).toMatchObject({
      status: 400,
      body: { message: 'admission webhook "v.example.com" denied the request: c' },
    })
    expect(seen).toEqual(['/hook?timeout=30s'])
  })

  it.each([
    [404, 'the server could not find the requested resource'],
    [500, 'an error on the server ("unknown") has prevented the request from succeeding'],
  ])('that answers with HTTP %d stops the write', async (status, why) => {
    const { url, caBundle } = await listen(() => ({ status, body: 'no' }))
    const server = await hookServer(real)
    await configure(server, 'Validating', hook('v', { clientConfig: { url, caBundle }, timeoutSeconds }))
    expect(await server.put('c')).toMatchObject({
      status: 500,
      body: { message: `Internal error occurred: failed calling webhook "v.example.com": ${why}` },
    })
  })

  it('is not trusted without its certificate', async () => {
    const { url } = await listen(() => ({ status: 200, body: '{}' }))
    const server = await hookServer(real)
    await configure(server, 'Validating', hook('v', { clientConfig: { url }, timeoutSeconds }))
    const { body } = await server.put('c')
    expect(body.message).toMatch(/: x509: certificate signed by unknown authority$/)
  })

  it('that nobody serves is refused in the words of Go', async () => {
    const { url, port, caBundle } = await listen(() => ({ status: 200, body: '{}' }))
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
    const server = await hookServer(real)
    await configure(server, 'Validating', hook('v', { clientConfig: { url, caBundle }, timeoutSeconds }))
    const { body } = await server.put('c')
    expect(body.message).toContain(`Post "${url}?timeout=30s": dial tcp 127.0.0.1:${port}: connect: connection refused`)
  })

  it('on another machine is never called: it is taken to allow everything', async () => {
    const server = await hookServer()
    await configure(server, 'Validating', hook('v', { clientConfig: { url: 'https://hooks.example.com/v' } }))
    expect(await server.put('c')).toMatchObject({ status: 201 })
  })
})

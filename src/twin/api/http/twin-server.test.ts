import { describe, expect, it } from 'vitest'
import { StatusError } from '../status-error.ts'
import { ask, send } from './ask.test-support.ts'
import { podNamed, smallServer } from './small-server.test-support.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

describe('what a path names', () => {
  it.each([
    { method: 'GET', path: '/api/v1/foos', code: 404, message: 'the server could not find the requested resource' },
    { method: 'GET', path: '/apis/apps/v9/deployments', code: 404, message: 'the server could not find the requested resource' },
    {
      method: 'GET',
      path: '/api/v1/namespaces/default/pods/x/bogus',
      code: 404,
      message: 'the server could not find the requested resource',
    },
    { method: 'GET', path: '/api/v1/pods/x', code: 404, message: 'the server could not find the requested resource' },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/default/pods',
      code: 405,
      message: 'the server does not allow this method on the requested resource',
    },
    { method: 'POST', path: '/api/v1/pods', code: 405, message: 'the server does not allow this method on the requested resource' },
    { method: 'DELETE', path: '/api/v1/pods', code: 405, message: 'the server does not allow this method on the requested resource' },
    {
      method: 'GET',
      path: '/api/v1/namespaces/default/pods/x/eviction',
      code: 405,
      message: 'the server does not allow this method on the requested resource',
    },
    { method: 'GET', path: '/api/v1/namespaces/default/pods/x', code: 404, message: 'pods "x" not found' },
  ])('$method $path is answered $code', async ({ method, path, code, message }) => {
    const { server } = await smallServer()
    const { status, body } = await ask(server, method, path)
    expect({ status, kind: body.kind, code: body.code, message: body.message }).toEqual({ status: code, kind: 'Status', code, message })
  })

  it.each(['/apis/nope/v1/x', '/nope', '/api/v2/pods/%'])('%s is no page', async (path) => {
    const { server } = await smallServer()
    const { status, body } = await ask(server, 'GET', path)
    expect([404, 400]).toContain(status)
    if (status === 404) expect(body).toBe('404 page not found\n')
  })

  it.each(['/healthz', '/livez', '/readyz', '/readyz/etcd'])('%s says ok', async (path) => {
    const { server } = await smallServer()
    expect(await ask(server, 'GET', path)).toMatchObject({ status: 200, body: 'ok' })
  })

  it('/version is that of the release', async () => {
    const { server } = await smallServer({ gitVersion: 'v1.32.1+k3s1' })
    expect((await ask(server, 'GET', '/version')).body).toMatchObject({ major: '1', minor: '32', gitVersion: 'v1.32.1+k3s1' })
  })
})

describe('bodies', () => {
  it.each([
    {
      what: 'half an object',
      body: '{',
      message:
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)",
    },
    {
      what: 'no JSON',
      body: 'hello',
      message:
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)",
    },
    {
      what: 'another kind',
      body: { kind: 'Pod', apiVersion: 'v1' },
      message: 'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
    },
    {
      what: 'a kind that is not known',
      body: { kind: 'Foo', apiVersion: 'v1' },
      message:
        'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    },
    {
      what: 'a version of too many parts',
      body: { kind: 'ConfigMap', apiVersion: 'a/b/c' },
      message:
        'the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: a/b/c ({"kind":"ConfigMap","apiVersio ...)',
    },
    {
      what: 'a namespace that is not that of the path',
      body: { metadata: { name: 'a', namespace: 'other' } },
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    },
  ])('$what is refused in the words of the real server', async ({ body, message }) => {
    const { server } = await smallServer()
    const answer = await ask(server, 'POST', configMaps, { body })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ reason: 'BadRequest', message })
  })

  it('may be YAML', async () => {
    const { server } = await smallServer()
    const body = 'metadata:\n  name: a\ndata:\n  k: "1"\n'
    const answer = await ask(server, 'POST', configMaps, { body, contentType: 'application/yaml' })
    expect(answer).toMatchObject({ status: 201, body: { kind: 'ConfigMap', data: { k: '1' } } })
  })

  it('of YAML that grows without end are refused', async () => {
    const { server } = await smallServer()
    const lines = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ]
    expect((await ask(server, 'POST', configMaps, { body: lines.join('\n'), contentType: 'application/yaml' })).status).toBe(400)
  })

  it('that are too large are refused', async () => {
    const { server } = await smallServer()
    const answer = await ask(server, 'POST', configMaps, { body: ' '.repeat(3 * 1024 * 1024 + 1) })
    expect(answer).toMatchObject({
      status: 413,
      body: { reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728' },
    })
  })

  it('of protobuf are refused with what to do instead where the kind is not known', async () => {
    const { server } = await smallServer()
    const body = 'k8s\0\n\x12\n\x08a.com/v1\x12\x06Widget'
    const answer = await ask(server, 'POST', configMaps, { body, contentType: 'application/vnd.kubernetes.protobuf' })
    expect(answer.status).toBe(415)
    expect(answer.body.message).toContain('this kind is not read from protobuf')
  })

  it('that only say that they are protobuf are refused', async () => {
    const { server } = await smallServer()
    const answer = await ask(server, 'POST', configMaps, { body: 'k8s', contentType: 'application/vnd.kubernetes.protobuf' })
    expect(answer.status).toBe(400)
    expect(answer.body.message).toBe(
      'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (6b3873)',
    )
  })

  it('of protobuf are read', async () => {
    const { server } = await smallServer()
    const body = 'k8s\0\n\x0f\n\x02v1\x12\x09ConfigMap\x12\x0d\n\x03\n\x01a\x12\x06\n\x01k\x12\x01v'
    const answer = await ask(server, 'POST', configMaps, { body, contentType: 'application/vnd.kubernetes.protobuf' })
    expect(answer).toMatchObject({ status: 201, body: { metadata: { name: 'a' }, data: { k: 'v' } } })
  })

  it('of another format are refused', async () => {
    const { server } = await smallServer()
    expect(await ask(server, 'POST', configMaps, { body: {}, contentType: 'application/foo' })).toMatchObject({
      status: 415,
      body: { reason: 'UnsupportedMediaType' },
    })
  })

  it.each([
    { metadata: 'x' },
    { metadata: { name: 5 } },
    { metadata: { name: 'a', labels: { a: 1 } } },
    { metadata: { name: 'a', finalizers: 'x' } },
  ])('with metadata of the wrong type are refused: %j', async (body) => {
    const { server, defects } = await smallServer()
    expect((await ask(server, 'POST', configMaps, { body })).status).toBe(400)
    expect(defects).toEqual([])
  })
})

describe('writes', () => {
  it('create, replace and delete an object', async () => {
    const { server } = await smallServer()
    const created = await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' }, data: { k: '1' } } })
    expect(created).toMatchObject({ status: 201, body: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { namespace: 'default' } } })
    const replaced = await ask(server, 'PUT', `${configMaps}/a`, { body: { ...created.body, data: { k: '2' } } })
    expect(replaced).toMatchObject({ status: 200, body: { data: { k: '2' } } })
    const deleted = await ask(server, 'DELETE', `${configMaps}/a`)
    expect(deleted).toMatchObject({
      status: 200,
      body: { kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps', uid: created.body.metadata.uid } },
    })
  })

  it.each([
    {
      what: 'another name',
      body: { metadata: { name: 'b' } },
      message: 'the name of the object (b) does not match the name on the URL (a)',
    },
    {
      what: 'no name',
      body: { metadata: {} },
      message: 'the name of the object (a based on URL) was undeterminable: name must be provided',
    },
  ])('a PUT with $what is refused', async ({ body, message }) => {
    const { server } = await smallServer()
    expect(await ask(server, 'PUT', `${configMaps}/a`, { body })).toMatchObject({ status: 400, body: { message } })
  })

  it('a PUT with the UID of another object is refused in the words of the storage', async () => {
    const { server } = await smallServer()
    const { body } = await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })
    const answer = await ask(server, 'PUT', `${configMaps}/a`, { body: { metadata: { name: 'a', uid: 'x' } } })
    expect(answer.body.message).toBe(
      `Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: ${body.metadata.uid}`,
    )
  })

  it('answers the deletion of a pod with the pod', async () => {
    const { server } = await smallServer()
    await ask(server, 'POST', '/api/v1/namespaces/default/pods', { body: podNamed('p', 'n') })
    const answer = await ask(server, 'DELETE', '/api/v1/namespaces/default/pods/p', { body: { gracePeriodSeconds: 7 } })
    expect(answer).toMatchObject({
      status: 200,
      body: { kind: 'Pod', metadata: { deletionGracePeriodSeconds: 7, deletionTimestamp: '2026-11-21T10:00:07Z' } },
    })
  })

  it.each([
    {
      query: '?propagationPolicy=X',
      message: 'propagationPolicy: Unsupported value: "X": supported values: "Foreground", "Background", "Orphan", "nil"',
    },
    { query: '?dryRun=foo', message: 'dryRun: Unsupported value: []string{"foo"}: supported values: "All"' },
  ])('refuses DeleteOptions $query', async ({ query, message }) => {
    const { server } = await smallServer()
    const answer = await ask(server, 'DELETE', `${configMaps}/a${query}`)
    expect(answer).toMatchObject({ status: 422, body: { message: `DeleteOptions.meta.k8s.io "" is invalid: ${message}` } })
    expect(answer.body.details).toMatchObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' })
  })

  it.each([
    { gitVersion: 'v1.24.0', value: 'Nope', status: 201 },
    { gitVersion: 'v1.25.0', value: 'Nope', status: 422 },
    { gitVersion: 'v1.25.0', value: '', status: 201 },
    { gitVersion: 'v1.25.0', value: 'Warn', status: 201 },
  ])('$gitVersion answers fieldValidation=$value with $status', async ({ gitVersion, value, status }) => {
    const { server } = await smallServer({ gitVersion })
    const answer = await ask(server, 'POST', `${configMaps}?fieldValidation=${value}`, { body: { metadata: { name: 'a' } } })
    expect(answer.status).toBe(status)
    const said =
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Nope": supported values: "", "Ignore", "Strict", "Warn"'
    expect(answer.body.message).toBe(status === 422 ? said : undefined)
  })

  it('deletes all that is selected and answers with it', async () => {
    const { server, store } = await smallServer()
    for (const name of ['a', 'b', 'c']) {
      await ask(server, 'POST', configMaps, { body: { metadata: { name, labels: name === 'c' ? {} : { x: '1' } } } })
    }
    const answer = await ask(server, 'DELETE', `${configMaps}?labelSelector=x%3D1`)
    expect(answer.body).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] })
    expect(store.list('configmaps').map(({ metadata }) => metadata.name)).toEqual(['c'])
  })
})

describe('patches', () => {
  const patches = [
    { contentType: 'application/merge-patch+json', body: { data: { k: '2' } } },
    { contentType: 'application/strategic-merge-patch+json', body: { data: { k: '2' } } },
    { contentType: 'application/json-patch+json', body: [{ op: 'replace', path: '/data/k', value: '2' }] },
  ]
  it.each(patches)('of $contentType change an object', async ({ contentType, body }) => {
    const { server } = await smallServer()
    await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' }, data: { k: '1' } } })
    expect(await ask(server, 'PATCH', `${configMaps}/a`, { contentType, body })).toMatchObject({ status: 200, body: { data: { k: '2' } } })
  })

  it.each(patches)('of $contentType refuse what is not there', async ({ contentType, body }) => {
    const { server } = await smallServer()
    expect(await ask(server, 'PATCH', `${configMaps}/none`, { contentType, body })).toMatchObject({
      status: 404,
      body: { message: 'configmaps "none" not found' },
    })
  })

  it('that name an old version are refused', async () => {
    const { server } = await smallServer()
    await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })
    const body = { metadata: { resourceVersion: '1' }, data: { k: '2' } }
    expect((await ask(server, 'PATCH', `${configMaps}/a`, { contentType: 'application/merge-patch+json', body })).status).toBe(409)
  })

  it('cordon a node as kubectl does, and leave the version alone the second time', async () => {
    const { server, client } = await smallServer()
    await client.create('nodes', { metadata: { name: 'n' } })
    const cordon = () =>
      ask(server, 'PATCH', '/api/v1/nodes/n', {
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { unschedulable: true } },
      })
    const first = await cordon()
    expect(first.body.spec).toMatchObject({ unschedulable: true })
    expect((await cordon()).body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
  })

  it.each([
    { contentType: 'application/foo', body: {}, code: 415, message: /^415: Unsupported Media Type$/ },
    { contentType: 'application/merge-patch+json', body: '{', code: 500, message: /^Invalid JSON Patch$/ },
    { contentType: 'application/strategic-merge-patch+json', body: '{', code: 400, message: /^unexpected EOF$/ },
    {
      contentType: 'application/json-patch+json',
      body: 'hello',
      code: 400,
      message: /^invalid character 'h' looking for beginning of value$/,
    },
    {
      contentType: 'application/merge-patch+json',
      body: { kind: 'Pod' },
      code: 422,
      message: /: converting \(v1.Pod\) to \(core.ConfigMap\): unknown conversion$/,
    },
    {
      contentType: 'application/merge-patch+json',
      body: { apiVersion: 'v2' },
      code: 422,
      message: /: no kind "ConfigMap" is registered for version "v2" in scheme/,
    },
    { contentType: 'application/merge-patch+json', body: { metadata: 5 }, code: 422, message: /^ "" is invalid: patch: Invalid value: / },
    { contentType: 'application/merge-patch+json', body: { data: 5 }, code: 422, message: /^ "" is invalid: patch: Invalid value: / },
    {
      contentType: 'application/merge-patch+json',
      body: { metadata: { name: 'q' } },
      code: 400,
      message: /^the name of the object \(q\) does not match the name on the URL \(a\)$/,
    },
    {
      contentType: 'application/merge-patch+json',
      body: { metadata: { uid: 'q' } },
      code: 422,
      message: /^ConfigMap "a" is invalid: metadata.uid: Invalid value: "q": field is immutable$/,
    },
    {
      contentType: 'application/merge-patch+json',
      body: { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } },
      code: 422,
      message: /metadata.deletionTimestamp: Invalid value: 2020-01-01 00:00:00 \+0000 UTC: field is immutable$/,
    },
  ])('that make no sense are refused in the words of the real server: $contentType $body', async ({ contentType, body, code, message }) => {
    const { server, defects } = await smallServer()
    await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })
    const answer = await ask(server, 'PATCH', `${configMaps}/a`, { contentType, body })
    expect(answer.status).toBe(code)
    expect(answer.body.message).toMatch(message)
    expect(defects).toEqual([])
  })

  it('of the strategic kind may call the object what they like', async () => {
    const { server } = await smallServer()
    await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })
    const answer = await ask(server, 'PATCH', `${configMaps}/a`, {
      contentType: 'application/strategic-merge-patch+json',
      body: { kind: 'Pod' },
    })
    expect(answer).toMatchObject({ status: 200, body: { kind: 'ConfigMap' } })
  })
})

describe('scale', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments/web'

  it.each([
    { gitVersion: 'v1.23.0', shown: { kind: 'Scale' } },
    {
      gitVersion: 'v1.24.0',
      shown: {
        kind: 'Table',
        columnDefinitions: ['Name', 'Desired', 'Available', 'Age'].map((name) => ({ name })),
        rows: [{ cells: ['web', 3, 0, '0s'] }],
      },
    },
  ])('is printed by $gitVersion as a $shown.kind', async ({ gitVersion, shown }) => {
    const { server } = await smallServer({ gitVersion })
    await ask(server, 'POST', '/apis/apps/v1/namespaces/default/deployments', {
      body: {
        metadata: { name: 'web' },
        spec: {
          replicas: 3,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    })
    const { body } = await ask(server, 'GET', `${path}/scale`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    expect(body).toMatchObject(shown)
  })

  it('shows replicas and selector, and changes them by PUT and PATCH', async () => {
    const { server } = await smallServer()
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    await ask(server, 'POST', '/apis/apps/v1/namespaces/default/deployments', {
      body: { metadata: { name: 'web' }, spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template } },
    })
    const scale = await ask(server, 'GET', `${path}/scale`)
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 3 },
      status: { replicas: 0, selector: 'app=web' },
    })
    const put = await ask(server, 'PUT', `${path}/scale`, { body: { ...scale.body, spec: { replicas: 5 } } })
    expect(put.body.spec).toEqual({ replicas: 5 })
    expect((await ask(server, 'PUT', `${path}/scale`, { body: { ...scale.body, spec: { replicas: 6 } } })).status).toBe(409)
    await ask(server, 'PATCH', `${path}/scale`, { contentType: 'application/merge-patch+json', body: { spec: { replicas: 1 } } })
    expect((await ask(server, 'GET', path)).body).toMatchObject({ spec: { replicas: 1 }, metadata: { generation: 3 } })
    expect((await ask(server, 'PUT', `${path}/scale`, { body: { metadata: { name: 'web' }, spec: { replicas: -1 } } })).status).toBe(422)
  })
})

describe('faults', () => {
  it('answer before anything is done', async () => {
    const error = new StatusError(429, 'TooManyRequests', 'too many requests, please try again later')
    const { server } = await smallServer({ faults: { judge: () => ({ kind: 'Refuse', error, retryAfterSeconds: 1 }) } })
    const answer = await ask(server, 'GET', '/api/v1/pods')
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  })

  it('lose the answer after the write', async () => {
    const { server, store } = await smallServer({ faults: { judge: () => ({ kind: 'LoseAnswer' }) } })
    expect((await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })).status).toBe(0)
    expect(store.get('configmaps', 'default', 'a')).toBeDefined()
  })

  it('break before the write', async () => {
    const { server, store } = await smallServer({ faults: { judge: () => ({ kind: 'Break' }) } })
    expect((await ask(server, 'POST', configMaps, { body: { metadata: { name: 'a' } } })).status).toBe(0)
    expect(store.get('configmaps', 'default', 'a')).toBeUndefined()
  })
})

describe('access', () => {
  it('is refused without a known user', async () => {
    const { server } = await smallServer({ access: { authenticate: () => undefined, authorize: () => ({ allowed: true }) } })
    expect(await ask(server, 'GET', '/api/v1/pods')).toMatchObject({
      status: 401,
      body: { reason: 'Unauthorized', message: 'Unauthorized' },
    })
  })

  it.each([
    {
      target: '/api/v1/namespaces/default/pods?limit=1',
      message: 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "default"',
    },
    {
      target: '/apis/apps/v1/deployments?watch=true',
      message: 'deployments.apps is forbidden: User "eve" cannot watch resource "deployments" in API group "apps" at the cluster scope',
    },
    { target: '/version', message: 'forbidden: User "eve" cannot get path "/version"' },
  ])('tells who may not do what: $target', async ({ target, message }) => {
    const access = { authenticate: () => ({ username: 'eve', groups: [] }), authorize: () => ({ allowed: false }) }
    const { server } = await smallServer({ access })
    expect(await ask(server, 'GET', target)).toMatchObject({ status: 403, body: { reason: 'Forbidden', message } })
  })
})

describe('answers', () => {
  it.each([
    { accept: 'application/vnd.kubernetes.protobuf', status: 406 },
    { accept: 'application/vnd.kubernetes.protobuf,application/json', status: 200 },
    { accept: '*/*', status: 200 },
    { accept: 'application/yaml', status: 200 },
    { accept: '', status: 200 },
  ])('to Accept $accept are $status', async ({ accept, status }) => {
    const { server } = await smallServer()
    expect((await ask(server, 'GET', '/api/v1/nodes', { accept })).status).toBe(status)
  })

  it.each([
    { accept: 'text/html', gitVersion: 'v1.20.2', message: '406: Not Acceptable', details: {} },
    { accept: 'application/*', gitVersion: 'v1.20.2', message: '406: Not Acceptable', details: {} },
    {
      accept: 'text/html',
      gitVersion: 'v1.25.0',
      message: '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml',
      details: {},
    },
    {
      accept: 'text/html, application/json;as=Gadget;v=v1;g=example.com',
      gitVersion: 'v1.20.2',
      message: 'only the following media types are accepted: application/json, application/yaml',
      details: undefined,
    },
  ])('to Accept $accept are refused by $gitVersion: $message', async ({ accept, gitVersion, message, details }) => {
    const { server } = await smallServer({ gitVersion })
    const { status, body } = await ask(server, 'GET', '/api/v1/nodes', { accept })
    expect({ status, reason: body.reason, message: body.message, details: body.details }).toEqual({
      status: 406,
      reason: 'NotAcceptable',
      message,
      details,
    })
  })

  it('can be tables and metadata alone', async () => {
    const { server } = await smallServer()
    const as = (shape: string) => `application/json;as=${shape};v=v1;g=meta.k8s.io`
    const table = await ask(server, 'GET', '/api/v1/namespaces?limit=1', { accept: as('Table') })
    expect(table.body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { remainingItemCount: 1 },
      rows: [{ cells: ['default', 'Active', '0s'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } }],
    })
    const partial = await ask(server, 'GET', '/api/v1/namespaces/default', { accept: as('PartialObjectMetadata') })
    expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'default' } })
    expect(partial.body.status).toBeUndefined()
    const list = await ask(server, 'GET', '/api/v1/namespaces', { accept: as('PartialObjectMetadataList') })
    expect(list.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata' }, {}] })
    expect((await ask(server, 'GET', '/api/v1/namespaces', { accept: as('PartialObjectMetadata') })).body.message).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.NamespaceList)',
    )
  })

  it('are told in the version of the path, however an object was written', async () => {
    const { server } = await smallServer({ gitVersion: 'v1.21.0' })
    const body = { metadata: { name: 'b' }, spec: { maxUnavailable: 1, selector: { matchLabels: { a: 'b' } } } }
    await ask(server, 'POST', '/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets', { body })
    expect((await ask(server, 'GET', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/b')).body.apiVersion).toBe('policy/v1')
    expect((await ask(server, 'GET', '/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/b')).body.apiVersion).toBe(
      'policy/v1beta1',
    )
  })

  it('never reject, whatever is sent', async () => {
    const { server, defects } = await smallServer()
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'BREW']) {
      for (const path of [
        '/api/v1/namespaces/default/pods',
        '/api/v1/namespaces/default/pods/p',
        '/api/v1/nodes/n/status',
        '/api',
        '/',
        '//',
      ]) {
        for (const body of [undefined, '', '{}', '[]', 'null', '5', '"x"', '{"metadata":null}', '{"spec":[]}']) {
          const response = await send(server, method, path, { body })
          expect(response.kind).not.toBe('Broken')
        }
      }
    }
    expect(defects).toEqual([])
  })
})

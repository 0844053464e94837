import { describe, expect, it } from 'vitest'
import { accessServer, binding, bob, bobToken, clusterRole } from '../access-server.test-support.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const readPods = clusterRole('pod-reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }])
const asBob = { token: bobToken }

describe('a request without the right', () => {
  it.each([
    ['GET', '/api/v1/pods', 'pods is forbidden: User "bob" cannot list resource "pods" in API group "" at the cluster scope'],
    [
      'GET',
      '/api/v1/namespaces/default/pods/x',
      'pods "x" is forbidden: User "bob" cannot get resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/api/v1/namespaces/default',
      'namespaces "default" is forbidden: User "bob" cannot get resource "namespaces" in API group "" in the namespace "default"',
    ],
    [
      'DELETE',
      '/api/v1/namespaces/default/pods',
      'pods is forbidden: User "bob" cannot deletecollection resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'GET',
      '/apis/apps/v1/namespaces/y/deployments/d/scale',
      'deployments.apps "d" is forbidden: User "bob" cannot get resource "deployments/scale" in API group "apps" in the namespace "y"',
    ],
    [
      'POST',
      '/api/v1/namespaces/default/pods/x/eviction',
      'pods "x" is forbidden: User "bob" cannot create resource "pods/eviction" in API group "" in the namespace "default"',
    ],
    ['GET', '/metrics', 'forbidden: User "bob" cannot get path "/metrics"'],
  ])('%s %s is refused in the words of the API server', async (method, path, message) => {
    const { send } = await accessServer()
    expect(await send(method, path, asBob)).toMatchObject({ status: 403, body: { reason: 'Forbidden', message } })
  })
})

describe('RBAC', () => {
  it('lets a user do in all namespaces what a ClusterRoleBinding gives, and no more', async () => {
    const { send, client } = await accessServer()
    await client.create('clusterroles.rbac.authorization.k8s.io', readPods)
    await client.create('clusterrolebindings.rbac.authorization.k8s.io', binding('b', 'pod-reader', bob))
    expect(await send('GET', '/api/v1/pods', asBob)).toMatchObject({ status: 200 })
    expect(await send('GET', '/api/v1/pods?watch=1', asBob)).toMatchObject({ status: 403 })
    expect(await send('GET', '/api/v1/secrets', asBob)).toMatchObject({ status: 403 })
  })

  it('lets a group do in one namespace what a RoleBinding gives, until that is gone', async () => {
    const { send, client } = await accessServer()
    const devs = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'devs' }
    await client.create('rolebindings.rbac.authorization.k8s.io', binding('b', 'view', devs, 'default'))
    expect(await send('GET', '/api/v1/namespaces/default/pods', asBob)).toMatchObject({ status: 200 })
    expect(await send('GET', '/api/v1/namespaces/kube-system/pods', asBob)).toMatchObject({ status: 403 })
    expect(await send('GET', '/api/v1/namespaces/default/secrets', asBob)).toMatchObject({ status: 403 })
    await client.delete('rolebindings.rbac.authorization.k8s.io', { namespace: 'default', name: 'b' })
    expect(await send('GET', '/api/v1/namespaces/default/pods', asBob)).toMatchObject({ status: 403 })
  })

  it('says which role is missing', async () => {
    const { send, client } = await accessServer()
    await client.create('clusterrolebindings.rbac.authorization.k8s.io', binding('b', 'gone', bob))
    const { body } = await send('GET', '/api/v1/pods', asBob)
    expect(body.message).toMatch(/at the cluster scope: RBAC: clusterrole\.rbac\.authorization\.k8s\.io "gone" not found$/)
  })

  it('tells everybody who may know: the version to anonymous users, discovery to known ones', async () => {
    const { send } = await accessServer()
    const nobody = { token: '' }
    expect(await send('GET', '/version', nobody)).toMatchObject({ status: 200 })
    expect(await send('GET', '/api', nobody)).toMatchObject({
      status: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/api"' },
    })
    expect(await send('GET', '/api', asBob)).toMatchObject({ status: 200 })
  })
})

describe('access reviews', () => {
  const review = (kind: string, spec: object) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec })
  const reviews = '/apis/authorization.k8s.io/v1'
  const pods = { verb: 'list', resource: 'pods' }

  it.each([
    ['of a user without rights', { user: 'bob', resourceAttributes: pods }, { allowed: false }],
    ['of an administrator', { user: 'x', groups: ['system:masters'], resourceAttributes: pods }, { allowed: true }],
    [
      'of a path',
      { user: 'bob', groups: ['system:authenticated'], nonResourceAttributes: { verb: 'get', path: '/api' } },
      {
        allowed: true,
        reason: 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
      },
    ],
  ])('%s', async (_title, spec, status) => {
    const { send } = await accessServer()
    const answer = await send('POST', `${reviews}/subjectaccessreviews`, { body: review('SubjectAccessReview', spec) })
    expect(answer).toMatchObject({ status: 201, body: { status } })
  })

  it.each([
    [
      'subjectaccessreviews',
      'SubjectAccessReview',
      { resourceAttributes: pods },
      'spec.user: Invalid value: "": at least one of user or group',
    ],
    [
      'subjectaccessreviews',
      'SubjectAccessReview',
      { user: 'bob' },
      'spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      'namespaces/default/localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'bob', resourceAttributes: { ...pods, namespace: 'other' } },
      'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    ],
  ])('%s that are not complete are refused', async (path, kind, spec, message) => {
    const { send } = await accessServer()
    const answer = await send('POST', `${reviews}/${path}`, {
      body: { ...review(kind, spec), ...(kind.startsWith('Local') ? { metadata: { namespace: 'default' } } : {}) },
    })
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining(message) } })
  })

  it('of oneself tell what everybody may ask', async () => {
    const { send } = await accessServer()
    const can = await send('POST', `${reviews}/selfsubjectaccessreviews`, {
      token: bobToken,
      body: review('SelfSubjectAccessReview', { resourceAttributes: pods }),
    })
    expect(can.body.status).toEqual({ allowed: false })
    const list = await send('POST', `${reviews}/selfsubjectrulesreviews`, {
      token: bobToken,
      body: review('SelfSubjectRulesReview', { namespace: 'default' }),
    })
    expect(list.body.status).toMatchObject({
      incomplete: false,
      resourceRules: [{ verbs: ['create'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] }],
    })
    const noPlace = await send('POST', `${reviews}/selfsubjectrulesreviews`, { body: review('SelfSubjectRulesReview', {}) })
    expect(noPlace).toMatchObject({ status: 400, body: { message: 'no namespace on request' } })
  })
})

describe('nobody gives rights that they do not have', () => {
  const roleMaker = clusterRole('role-maker', [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['create', 'get', 'update'] },
  ])

  async function withRoleMaker(more: readonly object[] = []) {
    const server = await accessServer()
    await server.client.create('clusterroles.rbac.authorization.k8s.io', roleMaker)
    await server.client.create('clusterrolebindings.rbac.authorization.k8s.io', binding('maker', 'role-maker', bob))
    if (more.length > 0) {
      await server.client.create('clusterroles.rbac.authorization.k8s.io', clusterRole('more', more))
      await server.client.create('clusterrolebindings.rbac.authorization.k8s.io', binding('more', 'more', bob))
    }
    return server
  }

  const who = 'user "bob" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:'

  it('neither in a role', async () => {
    const { send } = await withRoleMaker()
    expect(await send('POST', `${rbac}/clusterroles`, { token: bobToken, body: readPods })).toMatchObject({
      status: 403,
      body: {
        message: `clusterroles.rbac.authorization.k8s.io "pod-reader" is forbidden: ${who}\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`,
      },
    })
  })

  it('nor in a binding', async () => {
    const { send } = await withRoleMaker()
    const body = binding('esc', 'cluster-admin', bob, 'default')
    expect(await send('POST', `${rbac}/namespaces/default/rolebindings`, { token: bobToken, body })).toMatchObject({
      status: 403,
      body: {
        message: `rolebindings.rbac.authorization.k8s.io "esc" is forbidden: ${who}\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}`,
      },
    })
  })

  it('nor by selecting the roles of others', async () => {
    const { send } = await withRoleMaker()
    const body = clusterRole('agg', [], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } })
    expect(await send('POST', `${rbac}/clusterroles`, { token: bobToken, body })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('must have cluster-admin privileges to use the aggregationRule') },
    })
  })

  it.each([
    ['they have them', [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }]],
    ['they may escalate', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['escalate'] }]],
  ])('unless %s', async (_title, more) => {
    const { send } = await withRoleMaker(more)
    expect(await send('POST', `${rbac}/clusterroles`, { token: bobToken, body: readPods })).toMatchObject({ status: 201 })
  })

  it('unless they may bind the role', async () => {
    const bind = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['edit'], verbs: ['bind'] }
    const { send } = await withRoleMaker([bind])
    const post = (role: string) =>
      send('POST', `${rbac}/namespaces/default/rolebindings`, { token: bobToken, body: binding(role, role, bob, 'default') })
    expect(await post('edit')).toMatchObject({ status: 201 })
    expect(await post('admin')).toMatchObject({ status: 403 })
    expect(await post('gone')).toMatchObject({ status: 404, body: { message: 'clusterroles.rbac.authorization.k8s.io "gone" not found' } })
  })
})

describe('a kubelet', () => {
  const kubelet = { headers: { 'impersonate-user': 'system:node:n1', 'impersonate-group': 'system:nodes' } }

  it('sees the secrets of its own pods only', async () => {
    const { send, client } = await accessServer()
    const volumes = [{ name: 'v', secret: { secretName: 'mine' } }]
    const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], volumes }
    await client.create('pods', { metadata: { name: 'p', namespace: 'default' }, spec })
    for (const name of ['mine', 'other']) await client.create('secrets', { metadata: { name, namespace: 'default' } })
    expect(await send('GET', '/api/v1/namespaces/default/secrets/mine', kubelet)).toMatchObject({ status: 200 })
    const { status, body } = await send('GET', '/api/v1/namespaces/default/secrets/other', kubelet)
    expect(status).toBe(403)
    expect(body.message).toMatch(/in the namespace "default": no relationship found between node "n1" and this object$/)
  })

  it('renews its own lease only, and makes no Deployments', async () => {
    const { send } = await accessServer()
    const lease = (name: string) => send('GET', `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`, kubelet)
    expect(await lease('n1')).toMatchObject({ status: 404 })
    expect(await lease('n2')).toMatchObject({ status: 403 })
    expect(await send('GET', '/apis/apps/v1/deployments', kubelet)).toMatchObject({ status: 403 })
  })
})

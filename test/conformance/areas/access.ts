import { area } from '../conformance-case.ts'
import { configMap, idlePod } from '../objects.ts'
import type { Steps } from '../steps.ts'

const as = (user: string, ...groups: readonly string[]) => ({
  headers: { 'impersonate-user': user, ...(groups.length > 0 ? { 'impersonate-group': groups.join(',') } : {}) },
})
const rbac = 'rbac.authorization.k8s.io'
const role = (name: string, ...rules: readonly object[]) => ({ metadata: { name }, rules })
const bound = (name: string, user: string, kind = 'Role') => ({
  metadata: { name },
  roleRef: { apiGroup: rbac, kind, name },
  subjects: [{ kind: 'User', apiGroup: rbac, name: user }],
})
const reading = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }
const review = (user: string, resourceAttributes: object) => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  spec: { user, resourceAttributes },
})

/** Waits until a server has heard of a right. */
function granted(c: Steps, path: string): Promise<unknown> {
  return c.settled('it is granted', async () => (await c.quietly('GET', path, as(`${c.ns}-ann`))).status !== 403)
}

/** Who may do what. */
export const access = area('Access', {
  'a user without rights is told what is forbidden': async (c) => {
    await c.get('configmaps', as('nobody'))
    await c.get('configmaps/a', as('nobody'))
    await c.post('configmaps', configMap('a'), as('nobody'))
    await c.get('/api/v1/nodes', as('nobody'))
    await c.get('apps/v1:deployments', as('nobody'))
    await c.post('pods/p/eviction', {}, as('nobody'))
    await c.get('/metrics', as('nobody'))
    await c.delete('configmaps', undefined, as('nobody'))
  },
  'a Role in a namespace gives what it names': async (c) => {
    await c.make(`${rbac}/v1:roles`, role('reader', reading))
    await c.make(`${rbac}/v1:rolebindings`, bound('reader', '{ns}-ann'))
    await granted(c, 'configmaps')
    await c.get('configmaps?labelSelector=none', as(`${c.ns}-ann`))
    await c.delete('configmaps/none', undefined, as(`${c.ns}-ann`))
    await c.get('/api/v1/namespaces/default/configmaps', as(`${c.ns}-ann`))
  },
  'names of resources narrow a rule': async (c) => {
    await c.make('configmaps', configMap('mine'), configMap('other'))
    await c.make(`${rbac}/v1:roles`, role('one', { ...reading, resourceNames: ['mine'] }))
    await c.make(`${rbac}/v1:rolebindings`, bound('one', '{ns}-ann'))
    await granted(c, 'configmaps/mine')
    await c.get('configmaps/mine', as(`${c.ns}-ann`))
    await c.get('configmaps/other', as(`${c.ns}-ann`))
    await c.get('configmaps', as(`${c.ns}-ann`))
  },
  'the right to an object is none to its subresources': async (c) => {
    await c.make('pods', idlePod('p'))
    await c.make(`${rbac}/v1:roles`, role('pods', { apiGroups: [''], resources: ['pods'], verbs: ['*'] }))
    await c.make(`${rbac}/v1:rolebindings`, bound('pods', '{ns}-ann'))
    await granted(c, 'pods/p')
    await c.get('pods/p/status', as(`${c.ns}-ann`))
    await c.get('pods/p', as(`${c.ns}-ann`))
  },
  'a ClusterRole that is bound in a namespace stays there': async (c) => {
    await c.make(`${rbac}/v1:rolebindings`, bound('view', '{ns}-ann', 'ClusterRole'))
    await granted(c, 'configmaps')
    await c.get('configmaps?labelSelector=none', as(`${c.ns}-ann`))
    await c.get('secrets', as(`${c.ns}-ann`))
    await c.get('/api/v1/configmaps', as(`${c.ns}-ann`))
  },
  'nobody gives more than he has': async (c) => {
    await c.make(`${rbac}/v1:roles`, role('giver', { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['*'] }))
    await c.make(`${rbac}/v1:rolebindings`, bound('giver', '{ns}-ann'))
    await granted(c, `${rbac}/v1:roles`)
    await c.post(`${rbac}/v1:roles`, role('more', reading), as(`${c.ns}-ann`))
    await c.post(`${rbac}/v1:rolebindings`, bound('view', 'x', 'ClusterRole'), as(`${c.ns}-ann`))
  },
  'a review says what another may': async (c) => {
    await c.make(`${rbac}/v1:roles`, role('reader', reading))
    await c.make(`${rbac}/v1:rolebindings`, bound('reader', '{ns}-ann'))
    await granted(c, 'configmaps')
    for (const [verb, resource] of [
      ['get', 'configmaps'],
      ['delete', 'configmaps'],
      ['get', 'secrets'],
    ] as const)
      await c.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', review('{ns}-ann', { namespace: '{ns}', verb, resource }))
    await c.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      spec: { groups: ['system:masters'], nonResourceAttributes: { path: '/x', verb: 'get' } },
    })
    await c.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { user: 'x' } })
  },
  'a review says what oneself may': async (c) => {
    const own = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: '{ns}', verb: 'create', resource: 'pods' } },
    }
    await c.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', own)
    await c.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', own, as('nobody', 'system:authenticated'))
    await c.post('authorization.k8s.io/v1:localsubjectaccessreviews', {
      ...review('nobody', { namespace: '{ns}', verb: 'get', resource: 'pods' }),
      kind: 'LocalSubjectAccessReview',
    })
    await c.post('authorization.k8s.io/v1:localsubjectaccessreviews', {
      ...review('nobody', { namespace: 'other', verb: 'get', resource: 'pods' }),
      kind: 'LocalSubjectAccessReview',
    })
  },
  'who may not impersonate is told so': async (c) => {
    await c.get('configmaps', { headers: { 'impersonate-group': 'x' } })
  },
  'a token that nobody knows is refused': async (c) => {
    await c.get('configmaps', { headers: { authorization: 'Bearer nonsense' } })
  },
})

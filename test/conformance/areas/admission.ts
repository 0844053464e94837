import { area } from '../conformance-case.ts'
import { makeQuota } from '../counted-quota.ts'
import { configMap, idlePod, service } from '../objects.ts'
import type { Steps } from '../steps.ts'

const registration = '/apis/admissionregistration.k8s.io/v1'
const rbac = 'rbac.authorization.k8s.io'

/** A webhook of a Service, for the namespace of the case alone. */
function webhook(name: string, more: object = {}) {
  return {
    name: `${name}.example.com`,
    clientConfig: { service: { namespace: '{ns}', name, path: '/check' } },
    rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps', 'pods/eviction'] }],
    namespaceSelector: { matchLabels: { case: '{ns}' } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 2,
    ...more,
  }
}

async function configure(c: Steps, kind: 'Validating' | 'Mutating', ...webhooks: readonly object[]): Promise<void> {
  const plural = `${kind.toLowerCase()}webhookconfigurations`
  await c.quietly('PATCH', '/api/v1/namespaces/{ns}', {
    body: { metadata: { labels: { case: '{ns}' } } },
    contentType: 'application/merge-patch+json',
  })
  await c.make(`${registration}/${plural}`, { metadata: { name: '{ns}' }, webhooks })
  c.leaves(`${registration}/${plural}/{ns}`)
}

/** Until the server acts upon a configuration that it has. */
function untilRefused(c: Steps): Promise<void> {
  return c.settled('it is refused', async () => (await tried(c)) >= 400)
}

/** What a dry run of a write is answered. */
async function tried(c: Steps): Promise<number> {
  return (await c.quietly('POST', 'configmaps?dryRun=All', { body: configMap('probe') })).status
}

const asker = (c: Steps) => ({ headers: { 'impersonate-user': `${c.ns}-ann` } })
const given = (role: string, kind = 'Role') => ({
  metadata: { name: role },
  roleRef: { apiGroup: rbac, kind, name: role },
  subjects: [{ kind: 'User', apiGroup: rbac, name: '{ns}-ann' }],
})

/** Until the server has heard that a user may do this. */
function untilAllowed(c: Steps, resourceAttributes: object): Promise<void> {
  const spec = { user: `${c.ns}-ann`, resourceAttributes: { namespace: c.ns, ...resourceAttributes } }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }
  return c.settled('it is allowed', async () => {
    const answer = await c.quietly('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body })
    return (answer.body as { status?: { allowed?: boolean } }).status?.allowed === true
  })
}

/** A pod that does nothing, whose container asks for something. */
function asking(name: string, resources: object) {
  const pod = idlePod(name)
  const [first, ...others] = (pod.spec as { containers: object[] }).containers
  return { ...pod, spec: { ...(pod.spec as object), containers: [{ ...first, resources }, ...others] } }
}

/** What decides beside the schema of a kind: webhooks, quotas, tokens, rights that are given on. */
export const admission = area('Admission', {
  'a webhook whose Service is not there stops a write': async (c) => {
    await configure(c, 'Validating', webhook('gone'))
    await untilRefused(c)
    await c.post('configmaps', configMap('a'))
  },
  'a webhook that mutates and is not there stops a write too': async (c) => {
    await configure(c, 'Mutating', webhook('gone'))
    await untilRefused(c)
    await c.post('configmaps', configMap('a'))
  },
  'a webhook at another port than its Service has stops a write': async (c) => {
    await c.make('services', service('hook'))
    await configure(c, 'Validating', webhook('hook', { clientConfig: { service: { namespace: '{ns}', name: 'hook', port: 9_999 } } }))
    await untilRefused(c)
    await c.post('configmaps', configMap('a'))
  },
  'a webhook that may be ignored stops nothing': async (c) => {
    await configure(c, 'Validating', webhook('gone', { failurePolicy: 'Ignore' }), webhook('away'))
    await untilRefused(c)
    await c.quietly('PATCH', `${registration}/validatingwebhookconfigurations/{ns}`, {
      body: { webhooks: [webhook('gone', { failurePolicy: 'Ignore' })] },
      contentType: 'application/merge-patch+json',
    })
    await c.settled('it is taken', async () => (await tried(c)) === 201)
    await c.post('configmaps', configMap('a'))
  },
  'a webhook of another namespace is not asked': async (c) => {
    const rules = [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }]
    const witness = webhook('away', { rules })
    await configure(c, 'Validating', webhook('gone', { namespaceSelector: { matchLabels: { case: 'none' } } }), witness)
    const secret = { body: { metadata: { name: 'probe' } } }
    await c.settled('the other one is asked', async () => (await c.quietly('POST', 'secrets?dryRun=All', secret)).status >= 400)
    await c.post('configmaps', configMap('a'))
  },
  'a webhook for evictions is asked about them': async (c) => {
    await c.make('pods', idlePod('p'))
    await configure(c, 'Validating', webhook('gone'))
    await untilRefused(c)
    await c.post('pods/p/eviction', { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'p', namespace: '{ns}' } })
  },
  'a quota lets through what fits and counts it': async (c) => {
    const hard = { 'count/configmaps': '3', 'count/secrets': '20', services: '1' }
    await makeQuota(c, { hard }, ({ status }) => (status as { hard: unknown }).hard)
    await c.post('services', service('a'))
    await c.post('services', service('b'))
  },
  'a quota with a scope counts the pods in it, each with its init containers': async (c) => {
    const used = ({ status }: { status?: unknown }) => (status as { used?: Readonly<Record<string, string>> } | undefined)?.used ?? {}
    const hard = { pods: '3', 'requests.cpu': '1', 'limits.cpu': '4' }
    await makeQuota(c, { hard, scopes: ['NotTerminating'] }, ({ status }) => status)
    const cpu = (amount: string) => ({ requests: { cpu: amount }, limits: { cpu: '1' } })
    const pod = asking('a', cpu('200m'))
    const init = { name: 'init', image: 'x', resources: cpu('700m') }
    await c.make('pods', { ...pod, spec: { ...pod.spec, initContainers: [init] } })
    await c.until('resourcequotas/q', (quota) => used(quota).pods === '1', { pick: ({ status }) => status })
    const short = asking('short', cpu('900m'))
    await c.make('pods', { ...short, spec: { ...short.spec, activeDeadlineSeconds: 600 } })
    await c.post('pods', asking('b', cpu('400m')))
  },
  'a range of limits looks at the init containers of a pod': async (c) => {
    const limits = [
      { type: 'Pod', max: { cpu: '1' }, min: { cpu: '100m' } },
      { type: 'Container', default: { memory: '1Gi' } },
    ]
    await c.make('limitranges', { metadata: { name: 'range' }, spec: { limits } })
    const big = asking('big', { requests: { cpu: '2' }, limits: { cpu: '2' } })
    await c.settled('the range is known', async () => (await c.quietly('POST', 'pods?dryRun=All', { body: big })).status === 403)
    const cpu = (amount: string) => ({ requests: { cpu: amount }, limits: { cpu: amount } })
    const pod = asking('p', cpu('600m'))
    const init = (amount: string) => ({ name: 'init', image: 'x', resources: cpu(amount) })
    await c.post('pods', { ...pod, spec: { ...pod.spec, initContainers: [init('1500m')] } })
    await c.post('pods', idlePod('silent'))
    await c.post('pods?dryRun=All', { ...pod, spec: { ...pod.spec, initContainers: [init('900m')] } })
  },
  'a quota of computing wants every container to say what it needs': async (c) => {
    await makeQuota(c, { hard: { pods: '1', 'requests.cpu': '1', 'limits.memory': '1Gi' } }, () => 'counted')
    await c.post('pods', idlePod('silent'))
    await c.post('pods', asking('big', { requests: { cpu: '2' }, limits: { memory: '2Gi' } }))
  },
  'a token is given for a service account, and says for how long': async (c) => {
    await c.make('serviceaccounts', { metadata: { name: 'robot' } })
    const request = (spec: object) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })
    await c.post('serviceaccounts/robot/token', request({ expirationSeconds: 60 }))
    await c.post('serviceaccounts/none/token', request({}))
    await c.post('serviceaccounts/robot/token', request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } }))
    const { body } = await c.quietly('POST', 'serviceaccounts/robot/token', { body: request({ expirationSeconds: 600 }) })
    const { token } = (body as { status: { token: string } }).status
    await c.get('configmaps', { headers: { authorization: `Bearer ${token}` } })
    await c.get('/version/none', { headers: { authorization: `Bearer ${token}` } })
    await c.get('configmaps', { headers: { authorization: `Bearer ${token.slice(0, -9)}AAAAAAAAA` } })
  },
  'a token is good for as long as its account lives': async (c) => {
    await c.make('serviceaccounts', { metadata: { name: 'robot' } })
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
    const answer = await c.quietly('POST', 'serviceaccounts/robot/token', { body })
    const { token } = (answer.body as { status: { token: string } }).status
    await c.quietly('DELETE', 'serviceaccounts/robot')
    const sent = { headers: { authorization: `Bearer ${token}` } }
    // a token that was good a moment ago is not looked at again for ten seconds
    await c.settled('it is refused', async () => (await c.quietly('GET', 'configmaps', sent)).status === 401)
    await c.get('configmaps', sent)
  },
  'rights are given on by who may bind them, or escalate': async (c) => {
    await c.make(`${rbac}/v1:roles`, {
      metadata: { name: 'giver' },
      rules: [
        { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: ['create', 'update', 'escalate'] },
        { apiGroups: [rbac], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] },
      ],
    })
    await c.make(`${rbac}/v1:rolebindings`, given('giver'))
    await untilAllowed(c, { verb: 'escalate', group: rbac, resource: 'roles' })
    const rules = [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', '*'] }]
    await c.post(`${rbac}/v1:roles`, { metadata: { name: 'more' }, rules }, asker(c))
    await c.post(`${rbac}/v1:rolebindings`, given('view', 'ClusterRole'), asker(c))
    await c.post(`${rbac}/v1:rolebindings`, given('edit', 'ClusterRole'), asker(c))
    await c.post(`${rbac}/v1:rolebindings`, given('none', 'ClusterRole'), asker(c))
  },
  'all that somebody may do in a namespace is told': async (c) => {
    await c.make(`${rbac}/v1:roles`, {
      metadata: { name: 'some' },
      rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: ['a'], verbs: ['get'] }],
    })
    await c.make(`${rbac}/v1:rolebindings`, given('some'))
    await untilAllowed(c, { verb: 'get', resource: 'pods', name: 'a' })
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } }
    const { body } = await c.quietly('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { body: review, ...asker(c) })
    const { status } = body as { status: { resourceRules: { resources: string[] }[] } }
    // In no order.
    c.note('rules', status.resourceRules.map((rule) => JSON.stringify(rule)).sort())
  },
  'who uses a version that will go is warned': async (c) => {
    await c.get('extensions/v1beta1:ingresses')
    await c.get('networking.k8s.io/v1beta1:ingresses/none')
    await c.delete('extensions/v1beta1:ingresses/none')
    await c.get('networking.k8s.io/v1:ingresses/none')
  },
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { parseUpgrade } from '../../src/core/upgrade/api/cluster-upgrade.ts'
import { upgradeContainerOf } from '../../src/core/upgrade/jobs/upgrade-image.ts'
import { type KubernetesVersion, parseVersion } from '../../src/core/version/kubernetes-version.ts'

interface Rule {
  apiGroups: string[]
  resources: string[]
  resourceNames?: string[]
  verbs: string[]
}

interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  rules?: Rule[]
  roleRef?: { kind: string; name: string }
  subjects?: { kind: string; name: string; namespace: string }[]
  // biome-ignore lint/suspicious/noExplicitAny: manifests are walked by path
  [field: string]: any
}

function manifestsIn(folder: string): Manifest[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS()))
}

const base = manifestsIn('deploy/base')
const kustomization = parseAllDocuments(readFileSync('deploy/base/kustomization.yaml', 'utf8'))[0]?.toJS()

function one(kind: string, name: string): Manifest {
  const found = base.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  if (found === undefined) throw new Error(`deploy/base has no ${kind} ${name}`)
  return found
}

describe('deploy/base', () => {
  it('lists each of its files', () => {
    const files = readdirSync('deploy/base').filter((file) => file !== 'kustomization.yaml' && file.endsWith('.yaml'))
    expect([...kustomization.resources].sort()).toEqual(files.sort())
  })

  it('gives no right to the account that pods of a ClusterUpgrade have: the default of the namespace', () => {
    const subjects = base.flatMap((manifest) => manifest.subjects ?? [])
    expect(subjects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(subjects.map(() => 'ServiceAccount system-upgrade'))
    expect(subjects.length).toBeGreaterThan(5)
  })

  it('keeps the names that a live system-upgrade-controller has', () => {
    expect(one('Namespace', 'system-upgrade').metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'privileged' })
    expect(one('ServiceAccount', 'system-upgrade').metadata.namespace).toBe('system-upgrade')
    const deployment = one('Deployment', 'system-upgrade-controller')
    expect(deployment.spec.selector).toEqual({ matchLabels: { 'upgrade.cattle.io/controller': 'system-upgrade-controller' } })
    expect(deployment.spec.template.spec.serviceAccountName).toBe('system-upgrade')
    expect(deployment.spec.template.spec.containers).toMatchObject([{ name: 'system-upgrade-controller' }])
  })

  it.each([
    'SYSTEM_UPGRADE_CONTROLLER_DEBUG',
    'SYSTEM_UPGRADE_CONTROLLER_THREADS',
    'SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS',
    'SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT',
    'SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY',
    'SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE',
    'SYSTEM_UPGRADE_JOB_PRIVILEGED',
    'SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH',
    'SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL',
  ])('sets %s, as the manifests of a system-upgrade-controller do', (key) => {
    expect(one('ConfigMap', 'default-controller-env').data).toHaveProperty(key, expect.any(String))
  })

  it('asks for a leader, so that two replicas are safe, each by its own name wherever it has its network', () => {
    expect(one('ConfigMap', 'default-controller-env').data.SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT).toBe('true')
    const { env } = one('Deployment', 'system-upgrade-controller').spec.template.spec.containers[0]
    expect(env).toContainEqual({ name: 'FALKIRK_LEASE_IDENTITY', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })
  })

  it('tells the container its pod, from which it reads by which image recipes are carried out', () => {
    const { env } = one('Deployment', 'system-upgrade-controller').spec.template.spec.containers[0]
    expect(env).toContainEqual({ name: 'FALKIRK_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })
  })

  it('has the right to Plans of other namespaces where docs/rbac.md takes it away', () => {
    const index = Number(/op: remove, path: \/rules\/(\d+) /.exec(readFileSync('docs/rbac.md', 'utf8'))?.[1])
    expect(one('ClusterRole', 'falkirk-controller').rules?.[index]).toEqual({
      apiGroups: ['upgrade.cattle.io'],
      resources: ['plans'],
      verbs: ['list', 'watch'],
    })
  })
})

describe('deploy/examples', () => {
  it.each(manifestsIn('deploy/examples').map((example) => ({ example, version: example.spec.version })))(
    'has a ClusterUpgrade to $version that can be read',
    ({ example }) => {
      expect(parseUpgrade(example)).toMatchObject({ kind: 'Upgrade' })
      expect(parseVersion(example.spec.version)).toBeDefined()
      expect(upgradeContainerOf(parseVersion(example.spec.version) as KubernetesVersion, example.spec.node?.upgrade)).toBeDefined()
    },
  )
})

describe('the controller Deployment', () => {
  const pod = one('Deployment', 'system-upgrade-controller').spec.template.spec
  const container = pod.containers[0]

  it('meets Pod Security restricted', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect([pod.hostNetwork, pod.hostPID, pod.hostIPC, pod.initContainers]).toEqual([undefined, undefined, undefined, undefined])
    const allowed = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']
    const kinds = pod.volumes.flatMap((volume: object) => Object.keys(volume).filter((key) => key !== 'name'))
    expect(kinds.filter((kind: string) => !allowed.includes(kind))).toEqual([])
  })

  it('is probed on the port it listens on', () => {
    expect(container.ports).toMatchObject([{ name: 'http', containerPort: 8080 }])
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' })
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' })
  })

  it('keeps away from its own kind and not from upgrade pods, which carry the controller label as well', () => {
    const [term] = pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
    expect(Object.keys(term.labelSelector.matchLabels)).not.toContain('upgrade.cattle.io/controller')
    const { labels } = one('Deployment', 'system-upgrade-controller').spec.template.metadata
    expect(labels).toMatchObject(term.labelSelector.matchLabels)
  })

  it('may come back on a server that is cordoned at the moment', () => {
    expect(pod.tolerations).toContainEqual({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' })
  })
})

describe('RBAC', () => {
  const roles = base.filter((manifest) => manifest.kind === 'Role' || manifest.kind === 'ClusterRole')
  const rules = roles.flatMap((role) => (role.rules ?? []).map((rule) => ({ ...rule, role: `${role.kind} ${role.metadata.name}` })))

  it('has no wildcard and no cluster-admin', () => {
    for (const { apiGroups, resources, verbs } of rules) expect([...apiGroups, ...resources, ...verbs]).not.toContain('*')
    const bound = base.filter((manifest) => manifest.roleRef !== undefined).map((binding) => binding.roleRef?.name)
    expect(bound).not.toContain('cluster-admin')
  })

  it.each(['secrets', 'jobs', 'plans/status', 'pods/log', 'configmaps'])('gives %s in the namespace alone', (resource) => {
    const clusterWide = rules.filter((rule) => rule.role.startsWith('ClusterRole') && rule.resources.includes(resource))
    expect(clusterWide).toEqual([])
  })

  it('gives Leases of the whole cluster to runs alone, and by name: kustomize would move a role of kube-system to the namespace of the controller', () => {
    const clusterWide = rules.filter((rule) => rule.role.startsWith('ClusterRole ') && rule.resources.includes('leases'))
    expect(clusterWide.map(({ role, resourceNames, verbs }) => ({ role, resourceNames, verbs }))).toEqual([
      { role: 'ClusterRole falkirk-cluster-upgrade', resourceNames: ['falkirk-cluster-upgrade'], verbs: ['get', 'update'] },
      // a right to create cannot be bound to a name
      { role: 'ClusterRole falkirk-cluster-upgrade', resourceNames: undefined, verbs: ['create'] },
      { role: 'ClusterRole falkirk-cluster-upgrade', verbs: ['get'], resourceNames: ['kube-controller-manager'] },
    ])
  })

  it('lets Plans of other namespaces be looked at, and no more', () => {
    const clusterWide = rules.filter((rule) => rule.role.startsWith('ClusterRole') && rule.resources.includes('plans'))
    expect(clusterWide.flatMap((rule) => rule.verbs)).toEqual(['list', 'watch'])
  })

  it('keeps everything that removes pods in the drain role', () => {
    const removing = rules.filter(
      (rule) => rule.resources.includes('pods/eviction') || (rule.resources.includes('pods') && rule.verbs.includes('delete')),
    )
    expect(new Set(removing.map((rule) => rule.role))).toEqual(new Set(['ClusterRole falkirk-drain']))
  })

  it('changes no custom resource definition but that of Plans', () => {
    const writing = rules.filter(
      (rule) => rule.resources.includes('customresourcedefinitions') && rule.verbs.some((verb) => verb !== 'create'),
    )
    expect(writing.map((rule) => rule.resourceNames)).toEqual([['plans.upgrade.cattle.io']])
  })

  it('grants nothing that makes more rights', () => {
    const escalating = [
      'roles',
      'clusterroles',
      'rolebindings',
      'clusterrolebindings',
      'serviceaccounts/token',
      'pods/exec',
      'users',
      'nodes/proxy',
    ]
    expect(rules.flatMap((rule) => rule.resources).filter((resource) => escalating.includes(resource))).toEqual([])
    expect(rules.flatMap((rule) => rule.verbs).filter((verb) => ['impersonate', 'bind', 'escalate'].includes(verb))).toEqual([])
  })

  it('binds each role to the account that Plans name', () => {
    const bindings = base.filter((manifest) => manifest.roleRef !== undefined)
    expect(bindings.map((binding) => `${binding.roleRef?.kind} ${binding.roleRef?.name}`).sort()).toEqual(
      roles.map((role) => `${role.kind} ${role.metadata.name}`).sort(),
    )
    for (const binding of bindings) {
      expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'system-upgrade', namespace: 'system-upgrade' }])
    }
  })

  it('gives everything but the rights of upgrade pods to the account of overlays/separate-accounts', () => {
    const moved = manifestsIn('deploy/overlays/separate-accounts').filter(({ subjects }) =>
      subjects?.some(({ name }) => name === 'falkirk-controller'),
    )
    const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`
    const bindings = base.filter(({ roleRef }) => roleRef !== undefined && roleRef.name !== 'falkirk-upgrade-pods')
    expect(moved.map(nameOf).sort()).toEqual(bindings.map(nameOf).sort())
  })

  it('mounts release data where overlays/release-data tells the controller to read them', () => {
    const [patch] = manifestsIn('deploy/overlays/release-data')
    const [{ env, volumeMounts }] = patch?.spec.template.spec.containers ?? []
    expect(env[0].value.startsWith(`${volumeMounts[0].mountPath}/`)).toBe(true)
    expect(env[0].name).toBe('FALKIRK_RELEASES')
  })

  it('docs/rbac.md names every right once, and no other', () => {
    const given = rules.flatMap(({ role, apiGroups, resources, verbs, resourceNames }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => [role.split(' ')[1], group || 'core', resource, scope(role, resourceNames), verb].join(' ')),
        ),
      ),
    )
    expect(documentedRights().sort()).toEqual(given.sort())
  })
})

function scope(role: string, names: readonly string[] = []): string {
  const where = role.startsWith('ClusterRole') ? 'cluster' : 'namespace'
  return names.length === 0 ? where : `${where}, \`${names.join('`, `')}\` only`
}

/** Rows of the tables in docs/rbac.md: role (from the heading), API group, resource, scope, verb. */
function documentedRights(): string[] {
  const sections = readFileSync('docs/rbac.md', 'utf8').split(/^## /m)
  return sections.flatMap((section) => {
    const role = /^.*`(falkirk-[\w-]+)`/.exec(section)?.[1]
    const rows = section.split('\n').filter((line) => /^\| (?!API group)/.test(line))
    return rows.map((row) =>
      [
        role,
        ...row
          .split('|')
          .slice(1, 5)
          .map((cell) => cell.trim()),
      ].join(' '),
    )
  })
}

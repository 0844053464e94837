import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { build } from '../../scripts/build.mjs'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'
import { type FalkirkProcess, startFalkirk } from '../rig/falkirk-process.ts'
import { numberedNodes } from '../rig/simulated-kubelets/node-object.ts'
import { type SimulatedKubelets, startSimulatedKubelets } from '../rig/simulated-kubelets/simulated-kubelets.ts'

const account = 'system:serviceaccount:system-upgrade:system-upgrade'

let plane: ControlPlane

beforeAll(async () => {
  plane = await startControlPlane({ auditedUsers: [account] })
})
afterAll(() => plane?.down())

const applyBase = () => plane.kubectl(['apply', '-k', 'deploy/base'])

/** What a system-upgrade-controller's owner has had since v0.5: everything under one binding to cluster-admin. */
const oldManifests = `
apiVersion: v1
kind: Namespace
metadata: { name: system-upgrade }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: system-upgrade, namespace: system-upgrade }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: system-upgrade }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: system-upgrade, namespace: system-upgrade }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: default-controller-env, namespace: system-upgrade }
data: { SYSTEM_UPGRADE_CONTROLLER_THREADS: "2" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: system-upgrade-controller, namespace: system-upgrade }
spec:
  selector: { matchLabels: { upgrade.cattle.io/controller: system-upgrade-controller } }
  template:
    metadata: { labels: { upgrade.cattle.io/controller: system-upgrade-controller } }
    spec:
      serviceAccountName: system-upgrade
      containers:
        - name: system-upgrade-controller
          image: rancher/system-upgrade-controller:v0.5.0
          volumeMounts: [{ name: etc-ssl, mountPath: /etc/ssl }, { name: tmp, mountPath: /tmp }]
      volumes:
        - { name: etc-ssl, hostPath: { path: /etc/ssl, type: Directory } }
        - { name: tmp, emptyDir: {} }
`

/** Newer ones replace their pods by Recreate, which cannot be merged with a rolling update's figures. */
const recreate = { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }

interface DeploymentObject {
  readonly metadata: { readonly uid: string }
  readonly spec: {
    readonly strategy: object
    readonly template: { readonly spec: { readonly volumes: object[]; readonly containers: { image: string }[] } }
  }
}

const deployment = () => plane.kubectl.json<DeploymentObject>(['-n', 'system-upgrade', 'get', 'deployment', 'system-upgrade-controller'])

describe('kubectl apply -k deploy/base', () => {
  afterEach(() => plane.kubectl(['delete', 'namespace', 'system-upgrade', '--ignore-not-found']))

  it('installs on an empty cluster, and changes nothing the second time', async () => {
    await applyBase()
    const second = await applyBase()
    expect(
      second.split('\n').filter((line) => line !== '' && !line.endsWith('unchanged') && !line.includes('customresourcedefinition')),
    ).toEqual([])
  })

  it.each([
    ['RollingUpdate', undefined],
    ['Recreate', recreate],
  ])('takes the place of a live Deployment that replaces its pods by %s', async (_, patch) => {
    await plane.kubectl.apply(oldManifests)
    if (patch)
      await plane.kubectl(['-n', 'system-upgrade', 'patch', 'deployment', 'system-upgrade-controller', '-p', JSON.stringify(patch)])
    const before = await deployment()
    await applyBase()
    const after = await deployment()
    expect(after.metadata.uid).toBe(before.metadata.uid)
    expect(after.spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } })
    expect(after.spec.template.spec.containers).toMatchObject([{ image: 'falkirk:dev' }])
    expect(after.spec.template.spec.volumes).toEqual([{ name: 'tmp', emptyDir: {} }])
  })
})

describe('the rights of deploy/base', () => {
  let falkirk: FalkirkProcess
  let kubelets: SimulatedKubelets

  beforeAll(async () => {
    await build()
    await plane.kubectl(['delete', 'clusterrolebinding', 'system-upgrade', '--ignore-not-found'])
    await applyBase()
    await plane.kubectl(['-n', 'system-upgrade', 'scale', 'deployment/system-upgrade-controller', '--replicas=0'])
    kubelets = await startSimulatedKubelets({
      kubeconfig: plane.kubeconfigFor('simulated-kubelets'),
      nodes: numberedNodes(3),
      behave: ({ plan }) => (plan === 'broken' ? { seconds: 0, exitCode: 7, log: 'no space left for swordfish' } : undefined),
    })
    const kubeconfig = await plane.kubeconfigForServiceAccount('system-upgrade', 'system-upgrade')
    const env = { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '0' }
    falkirk = await startFalkirk({ program: 'dist/falkirk.js', kubeconfig, folder: plane.folder, env })
    await falkirk.ready()
  })
  afterAll(async () => {
    await falkirk?.stop()
    await kubelets?.stop()
  })

  it('are enough for a Plan that drains and for one that fails, and nothing else is asked for', async () => {
    const rest = `
  version: "1"
  concurrency: 3
  nodeSelector: {}
  serviceAccountName: system-upgrade
  upgrade: { image: simulated }
`
    await plane.kubectl.apply(`
apiVersion: v1
kind: Secret
metadata: { name: password, namespace: system-upgrade }
stringData: { password: swordfish }
---
apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata: { name: drains, namespace: system-upgrade, annotations: { falkirk.dev/drain: controller } }
spec:
  drain: { force: true }${rest}
---
apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata: { name: broken, namespace: system-upgrade }
spec:
  secrets: [{ name: password, path: password }]${rest}
`)
    await plane.kubectl(['-n', 'system-upgrade', 'wait', 'plan/drains', '--for=condition=Complete', '--timeout=60s'])
    await vi.waitFor(async () => expect(await brokenMessage()).toContain('no space left'), { timeout: 60_000, interval: 500 })
    expect(await brokenMessage()).not.toContain('swordfish')
    const asked = plane.requests(account)
    expect(asked.filter(({ code }) => code === 403)).toEqual([])
    const used = new Set(asked.filter(({ resource }) => !resource.startsWith('/')).map(({ verb, resource }) => `${verb} ${resource}`))
    expect([...used].filter((right) => !documented().has(right))).toEqual([])
  })

  it.each([
    ['get', 'secrets', 'default'],
    ['list', 'secrets', 'kube-system'],
    ['create', 'pods', 'system-upgrade'],
    ['create', 'jobs.batch', 'default'],
    ['delete', 'nodes', ''],
    ['patch', 'deployments.apps', 'system-upgrade'],
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io', ''],
    ['patch', 'customresourcedefinitions.apiextensions.k8s.io/other', ''],
    ['update', 'leases.coordination.k8s.io/other', 'system-upgrade'],
    ['impersonate', 'users', ''],
    ['create', 'serviceaccounts/token', 'system-upgrade'],
  ])('do not let anybody %s %s in "%s"', async (verb, resource, namespace) => {
    const where = namespace === '' ? [] : ['-n', namespace]
    const { stdout } = await plane.kubectl.attempt(['auth', 'can-i', verb, resource, `--as=${account}`, ...where])
    expect(stdout.trim()).toBe('no')
  })
})

async function brokenMessage(): Promise<string> {
  const plan = await plane.kubectl.json<{ status?: { conditions?: { type: string; message?: string }[] } }>([
    '-n',
    'system-upgrade',
    'get',
    'plan',
    'broken',
  ])
  return plan.status?.conditions?.find((condition) => condition.type === 'Complete')?.message ?? ''
}

/** `verb resource` of every row in docs/rbac.md. */
function documented(): ReadonlySet<string> {
  const rows = readFileSync('docs/rbac.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| API'))
  return new Set(
    rows.map((row) => {
      const [, , resource = '', , verb = ''] = row.split('|').map((cell) => cell.trim())
      return `${verb} ${resource}`
    }),
  )
}

import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'
import { namespace } from './virtual-cluster.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface Role {
  readonly kind: string
  readonly rules: readonly Rule[]
}

const roles: readonly Role[] = ['rbac-controller', 'rbac-drain', 'rbac-cluster-upgrade']
  .flatMap((file) => parseAllDocuments(readFileSync(`deploy/base/${file}.yaml`, 'utf8')).map((document) => document.toJS() as Role))
  .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')

/** Rights of deploy/base in all namespaces, but for one. */
function rulesWithout(verb: string, resource: string): readonly Rule[] {
  return roles.flatMap(({ rules }) =>
    rules.flatMap((rule) =>
      rule.resources.flatMap((one) => {
        const verbs = one === resource ? rule.verbs.filter((each) => each !== verb) : rule.verbs
        return verbs.length === 0 ? [] : [{ ...rule, resources: [one], verbs }]
      }),
    ),
  )
}

const account = 'less'
const binding: DraftObject = {
  metadata: { name: account },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account },
  subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
}

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

async function startedWithout(verb: string, resource: string): Promise<UpgradeCluster> {
  const run = await UpgradeCluster.start({
    version: 'v1.20.2+k3s1',
    servers: 1,
    workers: 1,
    objects: [
      ['clusterroles.rbac.authorization.k8s.io', { metadata: { name: account }, rules: rulesWithout(verb, resource) } as DraftObject],
      ['clusterrolebindings.rbac.authorization.k8s.io', binding],
    ],
  })
  running.push(run)
  run.cluster.startController({ account })
  await run.create('up', { version: 'v1.21.1+k3s1' })
  return run
}

const grantAll = (run: UpgradeCluster) =>
  run.cluster.twin.api.client.change('clusterroles.rbac.authorization.k8s.io', { name: account }, (role) => ({
    ...role,
    rules: rulesWithout('', ''),
  }))

describe('a controller without one of the rights of a run', () => {
  it.each([
    {
      verb: 'list',
      resource: 'pods',
      told: /^Pending: nothing further is begun: cannot list pods, which takes the verbs list and watch: /,
    },
    {
      verb: 'watch',
      resource: 'pods',
      told: /^Pending: nothing further is begun: cannot watch pods, which takes the verbs list and watch: /,
    },
    {
      verb: 'list',
      resource: 'volumeattachments',
      told: /^ControlPlane: server-0 has its image and waits: cannot list volumeattachments, which takes the verbs list and watch: /,
    },
    {
      verb: 'watch',
      resource: 'volumeattachments',
      told: /^ControlPlane: server-0 has its image and waits: cannot watch volumeattachments, which takes the verbs list and watch: /,
    },
    {
      verb: 'create',
      resource: 'leases',
      told: /^Pending: nothing further is begun: .* cannot create resource "leases" in API group "coordination.k8s.io" in the namespace "kube-system"$/,
    },
    {
      verb: 'watch',
      resource: 'daemonsets',
      told: /^Pending: nothing further is begun: cannot watch daemonsets, which takes the verbs list and watch: /,
    },
    { verb: 'list', resource: 'jobs', told: undefined },
    { verb: 'create', resource: 'jobs', told: /^ControlPlane: .*cannot create resource "jobs"/ },
    { verb: 'patch', resource: 'nodes', told: undefined },
  ])('says so where it can ($verb $resource), changes no node, and goes on when it has it', async ({ verb, resource, told }) => {
    const run = await startedWithout(verb, resource)
    await run.cluster.clock.advance(120_000)
    const { phase, message } = run.status('up')
    if (told !== undefined) expect(`${phase}: ${message}`).toMatch(told)
    expect(run.witness.changed).toEqual([])
    await grantAll(run)
    await run.until('up', (status) => status.phase === 'Complete', 7_200)
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('ends when it is told to, also while it waits for one', async () => {
    const run = await startedWithout('list', 'pods')
    const controller = run.cluster.startController({ account })
    await run.cluster.clock.advance(60_000)
    let ended = false
    const stopping = controller.stop().then(() => {
      ended = true
    })
    await run.cluster.clock.advance(30_000)
    expect(ended).toBe(true)
    await stopping
  })
})

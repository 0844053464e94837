import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { CommandStage, to } from './upgrade-command-stage.ts'

const resources: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  CustomResourceDefinition: 'customresourcedefinitions.apiextensions.k8s.io',
  ClusterRole: 'clusterroles.rbac.authorization.k8s.io',
  ClusterRoleBinding: 'clusterrolebindings.rbac.authorization.k8s.io',
  Role: 'roles.rbac.authorization.k8s.io',
  RoleBinding: 'rolebindings.rbac.authorization.k8s.io',
}

/** What `kubectl apply -k deploy/base` brings, but for the pod: its program is started here. */
function deployed(): readonly (DraftObject & { readonly kind: string })[] {
  const files = readdirSync('deploy/base').filter((file) => /^(crd|namespace|rbac|service-account).*\.yaml$/.test(file))
  const objects = files.flatMap((file) => parseAllDocuments(readFileSync(`deploy/base/${file}`, 'utf8')).map((document) => document.toJS()))
  return objects.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}
const order = Object.keys(resources)

/** How often each node was brought to a version. */
const changes = new Map<string, number>()
let stage: CommandStage
beforeAll(async () => {
  stage = await CommandStage.start({
    onContainer: ({ node, effect }) => {
      if (effect.kind !== 'Ended' || effect.end.exitCode !== 0) return
      for (const done of effect.course.effects ?? []) {
        if (done.kind === 'ReplaceKubernetes') changes.set(node, (changes.get(node) ?? 0) + 1)
      }
    },
  })
  for (const object of deployed()) await stage.sandbox.twin.api.client.create(resources[object.kind] ?? object.kind, object)
}, 300_000)
afterAll(() => stage?.close(), 60_000)

describe('a controller in the cluster and one outside of it', () => {
  it('share a Lease: one waits and says so, takes over in mid-run, and every node is changed once', { timeout: 600_000 }, async () => {
    const kubeconfig = stage.kubeconfigFile('inside', { user: { token: await stage.tokenOf('system-upgrade', 'system-upgrade') } })
    // as its Deployment does, with the rights of deploy/base and no others
    const env = {
      KUBECONFIG: kubeconfig,
      FALKIRK_LEASE_IDENTITY: 'pod-1',
      FALKIRK_LISTEN: '',
      SYSTEM_UPGRADE_CONTROLLER_NAME: 'system-upgrade-controller',
      SYSTEM_UPGRADE_CONTROLLER_NAMESPACE: 'system-upgrade',
      SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT: 'true',
      SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE: 'rancher/kubectl:v1.30.3',
    }
    const outside = stage.start(['run'], { env: { FALKIRK_LEASE_IDENTITY: 'laptop' } })
    await outside.until(/"identity":"laptop","msg":"became leader"/)
    await outside.until(/looks after ClusterUpgrades/)
    const inside = stage.start(['controller'], { env })
    await inside.until(/"leader":"laptop","msg":"another controller leads"/)

    const manifest = `{apiVersion: falkirk.dev/v1alpha1, kind: ClusterUpgrade, metadata: {name: up}, spec: {version: ${to}, nodes: [edge-1], soak: {for: 1s}, drain: {force: true}}}`
    const upgrade = stage.start(['upgrade', '-f', stage.file('up.yaml', manifest), '-o', 'json'])
    // one node is done, the next one is at work
    await upgrade.until(/"controlPlane":"1\/3"[^\n]*"node":"server-/)
    outside.child.kill('SIGTERM')
    expect(await outside.done).toMatchObject({ code: 0, problems: '' })
    await inside.until(/"identity":"pod-1","msg":"became leader"/)

    const { code, output } = await upgrade.done
    expect(code).toBe(0)
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ event: 'Ended', reason: 'AtRest', exitCode: 0 })
    expect(Object.fromEntries(changes)).toEqual({ 'server-1': 1, 'server-2': 1, 'server-3': 1, 'edge-1': 1 })
    // a status is written before the node is
    await vi.waitFor(() => expect(stage.leftOvers()).toEqual([]), { timeout: 30_000 })

    // and back: whoever comes later waits, and is let in at once where the other ends
    const quick = { CATTLE_ELECTION_LEASE_DURATION: '4s', CATTLE_ELECTION_RENEW_DEADLINE: '3s', CATTLE_ELECTION_RETRY_PERIOD: '500ms' }
    const again = stage.start(['run'], { env: { FALKIRK_LEASE_IDENTITY: 'laptop', ...quick } })
    await again.until(/"leader":"pod-1","msg":"another controller leads"/)
    inside.child.kill('SIGTERM')
    expect(await inside.done).toMatchObject({ code: 0 })
    await again.until(/"identity":"laptop","msg":"became leader"/)

    // a laptop that sleeps loses the Lease; nobody starts its program anew
    again.child.kill('SIGSTOP')
    await sleep(5_000)
    again.child.kill('SIGCONT')
    await again.until(/"msg":"stands for election again"[\s\S]*"identity":"laptop","msg":"became leader"/)

    // the term that was lost has left nothing that keeps the program
    again.child.kill('SIGTERM')
    expect(await Promise.race([again.done, sleep(20_000, 'still runs')])).toMatchObject({ code: 0 })
  })
})

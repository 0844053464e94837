import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import { pushFalkirk } from '../../rig/install-falkirk.ts'
import { type K3sClusterOptions, type RigCluster, startK3sCluster } from '../../rig/k3s-cluster.ts'
import { type Kubectl, kubectlWith } from '../../rig/kubectl.ts'
import { type Observer, startObserver } from '../../rig/observer.ts'
import { type PlainApi, plainApi } from '../../rig/plain-api.ts'
import { isControlPlane, leaveAsFound, type NodeObject, refuseIfInUse } from './foreign-cluster.ts'

/** Where Falkirk and its Plans live. */
export const namespace = 'system-upgrade'

/** A cluster whose nodes have a working kubelet: the rig's own, or one that somebody else has started. */
export interface TargetCluster {
  readonly kubectl: Kubectl
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string
  readonly api: PlainApi
  /** Looks on from the start. */
  readonly observer: Observer
  /** Nodes that are no control plane; two at least. */
  readonly agents: readonly [string, string, ...string[]]
  /** Which version of PodDisruptionBudgets its API has; v1 came with Kubernetes v1.21. */
  readonly policyVersion: 'v1' | 'v1beta1'
  /** Every image is there, and none may be pulled from elsewhere. */
  readonly imagesAreLoaded: boolean
  /** The hosts below the nodes; absent where somebody else started the cluster. */
  readonly rig?: RigCluster
  down(): Promise<void>
}

/** The kubeconfig that FALKIRK_E2E_KUBECONFIG names. */
function foreignKubeconfig(): string | undefined {
  return process.env.FALKIRK_E2E_KUBECONFIG || undefined
}

/** The cluster that FALKIRK_E2E_KUBECONFIG names, else one of the rig's own, with the image of this very program in its registry. */
export async function targetCluster(options: K3sClusterOptions = {}): Promise<TargetCluster> {
  const foreign = foreignKubeconfig()
  return foreign === undefined ? await ownCluster(options) : await foreignCluster(foreign)
}

/** Tests of what happens to hosts: their titles say so where the hosts are somebody else's and they are left out. */
export function describeHosts(title: string, body: () => void): void {
  const leftOut = foreignKubeconfig() !== undefined
  const why =
    'left out: it reads and changes the hosts themselves, and FALKIRK_E2E_KUBECONFIG names a cluster whose hosts cannot be reached'
  describe.skipIf(leftOut)(leftOut ? `${title} (${why})` : title, body)
}

async function ownCluster(options: K3sClusterOptions): Promise<TargetCluster> {
  await build()
  const rig = await startK3sCluster(options)
  try {
    await pushFalkirk(rig)
    const observer = await startObserver(rig.kubeconfigFor('observer'))
    const { kubectl, kubeconfig, api } = rig
    const agents = atLeastTwo(rig.hosts.slice(rig.servers.length).map(({ name }) => name))
    const down = async () => {
      await saveControllerLog(rig.kubectl, rig.folder)
      await observer.stop()
      await rig.down()
    }
    return { kubectl, kubeconfig, api, observer, agents, policyVersion: await policyVersion(api), imagesAreLoaded: false, rig, down }
  } catch (error) {
    await rig.down()
    throw error
  }
}

async function foreignCluster(kubeconfig: string): Promise<TargetCluster> {
  const kubectl = kubectlWith(['kubectl'], kubeconfig)
  await refuseIfInUse(kubectl, namespace)
  const nodes = (await kubectl.json<{ items: NodeObject[] }>(['get', 'nodes'])).items
  const agents = atLeastTwo(nodes.filter((node) => !isControlPlane(node) && node.spec?.unschedulable !== true).map((n) => n.metadata.name))
  const api = plainApi(kubeconfig)
  const observer = await startObserver(kubeconfig)
  const down = async () => {
    await saveControllerLog(kubectl, kubeconfig)
    await observer.stop()
    await leaveAsFound(kubectl, nodes)
    await api.close()
  }
  return { kubectl, kubeconfig, api, observer, agents, policyVersion: await policyVersion(api), imagesAreLoaded: true, down }
}

async function policyVersion(api: PlainApi): Promise<'v1' | 'v1beta1'> {
  const { versions } = await api.get<{ versions: { version: string }[] }>('/apis/policy')
  return versions.some(({ version }) => version === 'v1') ? 'v1' : 'v1beta1'
}

function atLeastTwo(names: readonly string[]): readonly [string, string, ...string[]] {
  const [first, second, ...more] = names
  if (first === undefined || second === undefined) {
    throw new Error(`these tests need two schedulable nodes that are no control plane; the cluster has ${names.join(', ') || 'none'}`)
  }
  return [first, second, ...more]
}

/** Beside the hosts' journals, where FALKIRK_LOGS names a folder: what the pod of the controller wrote, and what happened. */
async function saveControllerLog(kubectl: Kubectl, of: string): Promise<void> {
  const logs = process.env.FALKIRK_LOGS
  if (!logs) return
  const folder = join(logs, `controller-${of.replaceAll(/[^\w.-]+/g, '_').slice(-40)}`)
  mkdirSync(folder, { recursive: true })
  const questions = {
    'controller.log': ['logs', 'deployment/system-upgrade-controller', '--tail=-1'],
    'objects.yaml': ['get', 'plans,jobs,pods,events', '-o', 'yaml'],
  }
  for (const [file, args] of Object.entries(questions)) {
    const { stdout, stderr } = await kubectl.attempt(['-n', namespace, ...args])
    writeFileSync(join(folder, file), stdout || stderr)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { untilNodeRuns } from '../../rig/k3s-nodes.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { packageVersion } from '../../rig/kubeadm/kubeadm-packages.ts'
import type { RigHost } from '../../rig/rig-host.ts'

/** A step of the guide, and how long it took. */
export interface TimedStep {
  readonly host: string
  readonly what: string
  readonly ms: number
}

const apt = 'export DEBIAN_FRONTEND=noninteractive; apt-get -qq -y -o Dpkg::Use-Pty=0'
const readyWithinMs = 120_000

/**
 * Upgrades a cluster as Kubernetes' own guide for kubeadm says, command by command and host by host, by nothing of Falkirk's: what it is
 * compared with. The version's packages and images have been offered and pulled before.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/
 */
export async function upgradeByTheBook(cluster: KubeadmCluster, version: string): Promise<TimedStep[]> {
  const steps: TimedStep[] = []
  for (const host of cluster.hosts) {
    const timed = async (what: string, work: () => Promise<unknown>) => {
      const begin = performance.now()
      await work()
      steps.push({ host: host.name, what, ms: Math.round(performance.now() - begin) })
    }
    await timed('package kubeadm', () => install(host, ['kubeadm'], version))
    if (host === cluster.hosts[0]) {
      await timed('kubeadm upgrade plan', () => host.run(`kubeadm upgrade plan ${version}`))
      await timed('kubeadm upgrade apply', () => host.run(`kubeadm upgrade apply -y ${version}`))
    } else {
      await timed('kubeadm upgrade node', () => host.run('kubeadm upgrade node'))
    }
    await timed('drain', () => drain(cluster, host.name))
    await timed('packages kubelet, kubectl', async () => {
      await install(host, ['kubelet', 'kubectl'], version)
      await host.run('systemctl daemon-reload; systemctl restart kubelet')
    })
    await timed('Ready at the new version', () => untilNodeRuns(cluster.api, host.name, version))
    await timed('uncordon', () => patiently(cluster, ['uncordon', host.name]))
  }
  return steps
}

async function install(host: RigHost, names: readonly string[], version: string): Promise<void> {
  const exactly = names.map((name) => `${name}=${packageVersion(version)}`).join(' ')
  await host.run(`set -e; ${apt} update; apt-mark unhold ${names.join(' ')}; ${apt} install ${exactly}; apt-mark hold ${names.join(' ')}`)
}

function drain(cluster: KubeadmCluster, node: string): Promise<void> {
  return patiently(cluster, ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=180s'])
}

/** The API may be away for a moment after a control plane was changed: a person tries again. */
async function patiently(cluster: KubeadmCluster, args: readonly string[]): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  for (;;) {
    const { exitCode, stderr } = await cluster.kubectl.attempt(args)
    if (exitCode === 0) return
    if (Date.now() > deadline) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
    await sleep(1000)
  }
}

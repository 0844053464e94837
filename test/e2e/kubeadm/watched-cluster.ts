import { join } from 'node:path'
import { startClusterRecorder } from '../../rig/cluster-recorder/cluster-recorder.ts'
import { startApiProber } from '../../rig/kubeadm/api-prober.ts'
import { type KubeadmCluster, startKubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { firstVersion } from '../../rig/kubeadm/kubeadm-programs.ts'
import type { ProbeResult } from '../../rig/kubeadm/prober-program.ts'
import { judgeRecording } from '../hosts/judge-recording.ts'
import { untilServed, webPods, webUrls } from './web.ts'

export const before = firstVersion
export const patch = 'v1.20.3'
/** The same source under the number of the next minor. */
export const minor = 'v1.21.14'

/** A kubeadm cluster with a web service, and those who look on. */
export interface WatchedCluster {
  readonly cluster: KubeadmCluster
  /** Two begin to look on: one asks the API without pause, the other the service, and watches the nodes on their way over the versions. */
  watch(path: readonly string[]): Promise<Watch>
  stop(): Promise<void>
}

export interface Watch {
  /** Ends the looking on. `findings`: what is to be said against the upgrade, in sentences. */
  seen(): Promise<{ readonly findings: readonly string[]; readonly api: ProbeResult }>
}

/** Packages and images of `laterVersions` are offered, and on no host yet. */
export async function watchedCluster(laterVersions: readonly string[]): Promise<WatchedCluster> {
  const cluster = await startKubeadmCluster({ version: before, laterVersions })
  try {
    await webPods(cluster)
    await untilServed(cluster)
    return { cluster, watch: (path) => watchUpgrade(cluster, path), stop: () => cluster.stop() }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** The same on a cluster with that web service that is there already. */
export async function watchUpgrade(cluster: KubeadmCluster, path: readonly string[]): Promise<Watch> {
  const folder = join(process.env.FALKIRK_LOGS || cluster.folder, `to-${path.at(-1)}`)
  const prober = await startApiProber(cluster.endpoint, join(folder, 'prober'))
  const recorder = await startClusterRecorder(join(folder, 'recorder'), {
    kubeconfig: cluster.kubeconfig,
    policyVersion: 'v1beta1',
    urls: webUrls(cluster),
    requestEveryMs: 50,
  })
  return {
    async seen() {
      const api = await prober.stop()
      const findings = judgeRecording(await recorder.stop(), {
        servers: cluster.controlPlanes.map(({ name }) => name),
        path,
        foreignCordons: [],
        maxAgentsAway: 1,
        maxSkew: 1,
        staying: [],
      })
      return { findings, api }
    },
  }
}

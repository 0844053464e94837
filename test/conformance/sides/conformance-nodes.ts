import { createApiClient } from '../../../src/cluster/api-client.ts'
import { systemClock } from '../../../src/cluster/clock.ts'
import { createTransport } from '../../../src/cluster/https-transport.ts'
import { loadClusterAccess } from '../../../src/cluster/kube-config.ts'
import { silentLog } from '../../../src/cluster/log.ts'
import { discoverServer } from '../../../src/cluster/server-capabilities.ts'
import { ClusterKubeletApi } from '../../../src/twin/kubelet/cluster-kubelet-api.ts'
import { KubeletFleet } from '../../../src/twin/kubelet/kubelet-fleet.ts'
import { defaultTimings, type PodTimings } from '../../../src/twin/kubelet/pod/pod-timings.ts'
import type { Machine } from '../../../src/twin/machine/machine.ts'
import { newMachine } from '../../../src/twin/machine/new-machine.ts'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'

/** The nodes of both sides: the same kubelets run them, so that all that differs comes from the control plane. */
export function conformanceMachines(version: string): readonly Machine[] {
  return [1, 2, 3].map((n) =>
    newMachine({
      name: `node-${n}`,
      version,
      bootId: `boot-${n}`,
      address: `10.1.0.${n}`,
      labels: { 'kubernetes.io/hostname': `node-${n}`, 'topology.kubernetes.io/zone': n === 3 ? 'b' : 'a' },
    }),
  )
}

/** Pods are ready within a second. */
export const quickTimings: PodTimings = {
  ...defaultTimings,
  sandboxSeconds: 0.1,
  createSeconds: 0.05,
  pullBytesPerSecond: 1e12,
  pullOverheadSeconds: 0,
  readySeconds: 0.3,
  stopSeconds: 0.3,
  jobSeconds: 0.5,
}

/** Lets kubelets in this process join a real API server; the answer ends them. */
export async function joinNodes(kubeconfig: string, version: string): Promise<() => Promise<void>> {
  const access = await loadClusterAccess({ kubeconfig, env: {} })
  const transport = createTransport(access)
  const client = createApiClient(transport, await discoverServer(transport))
  const random = seededRandom(1)
  const machines = conformanceMachines(version)
  const names = new Set(machines.map(({ name }) => name))
  const api = new ClusterKubeletApi(client, { random, log: silentLog, isOurs: (node) => names.has(node) })
  const fleet = new KubeletFleet({ api, clock: systemClock, random, timingsOf: () => quickTimings })
  for (const machine of machines) await fleet.addNode(machine)
  await fleet.start()
  return async () => {
    fleet.stop()
    await transport.close()
  }
}

import { createApiClient } from '../../src/cluster/api-client.ts'
import { systemClock } from '../../src/cluster/clock.ts'
import { createTransport } from '../../src/cluster/https-transport.ts'
import { loadClusterAccess } from '../../src/cluster/kube-config.ts'
import { silentLog } from '../../src/cluster/log.ts'
import { discoverServer } from '../../src/cluster/server-capabilities.ts'
import { eachOf } from '../../src/twin/join/each-of.ts'
import { joinedKubelets } from '../../src/twin/join/joined-kubelets.ts'
import { type JoinedPace, joinedPace } from '../../src/twin/join/joined-pace.ts'
import type { ImageBehaviour } from '../../src/twin/kubelet/image-behaviour.ts'
import { isImage } from '../../src/twin/machine/image-name.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import { startStatusChurn } from './status-churn.ts'

/** Settings of kubelets in a process of their own, as its only argument, in JSON. */
export interface JoinedKubeletsSettings {
  readonly kubeconfig: string
  readonly count: number
  readonly version: string
  /** How long the upgrade of a node takes. */
  readonly jobSeconds: number
  /** Node status updates a second, over all nodes in turn. */
  readonly heartbeatsPerSecond: number
  /** Images of each node. */
  readonly images: number
}

/** Registers nodes of the twin with the real API server of the rig, and runs whatever is scheduled to them until it is ended. */
async function main(settings: JoinedKubeletsSettings): Promise<void> {
  const { count, version, heartbeatsPerSecond } = settings
  const access = await loadClusterAccess({ kubeconfig: settings.kubeconfig, env: {} })
  const transport = createTransport(access)
  const { fleet } = await joinedKubelets({
    access,
    client: createApiClient(transport, await discoverServer(transport), { clock: systemClock }),
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    isNear: true,
    isOurs: () => true,
    existingNodes: 'TakeOver',
    pace: (images) => hurried(settings, images),
    fleet: { events: 'None', heartbeats: 'Elided', retrySeconds: 0.25 },
  })
  const names = Array.from({ length: count }, (_, i) => `node-${String(i).padStart(4, '0')}`)
  const images = imagesOf(settings)
  await eachOf(names, async (name) => {
    await fleet.addNode(newMachine({ name, version, distribution: 'k3s', bootId: `boot-${name}-1`, address: '127.0.0.1' }), images)
  })
  await fleet.start()
  if (heartbeatsPerSecond > 0)
    startStatusChurn(
      () => fleet.nodeNames,
      heartbeatsPerSecond,
      (node) => fleet.writeStatus(node),
    )
}

/** Nothing takes time but the upgrade itself. */
function hurried({ jobSeconds }: JoinedKubeletsSettings, images: readonly ImageBehaviour[]): JoinedPace {
  const { behaviours, ...pace } = joinedPace(1_000, images)
  const upgrade: ImageBehaviour = ({ container }) => (isImage(container, 'rancher/k3s-upgrade') ? { seconds: jobSeconds } : undefined)
  const timings = { sandboxSeconds: 0, createSeconds: 0, pullOverheadSeconds: 0, readySeconds: 0, stopSeconds: 0, jobSeconds }
  return { ...pace, timingsOf: () => ({ ...timings, pullBytesPerSecond: 1e12, imageBytes: 1e6 }), behaviours: [upgrade, ...behaviours] }
}

/** Names as long as those of private registries with digests are. */
function imagesOf({ images }: JoinedKubeletsSettings): ReadonlyMap<string, { readonly bytes: number }> {
  const name = (i: number) => `registry.internal.example/team-${i % 7}/applications/service-${i}/server@sha256:${`${i}`.padStart(64, '0')}`
  return new Map(Array.from({ length: images }, (_, i) => [name(i), { bytes: 40_000_000 + i }]))
}

main(JSON.parse(process.argv[2] ?? '{}') as JoinedKubeletsSettings).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})

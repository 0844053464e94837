import type { DraftObject } from '../kube-object.ts'
import { clusterCidrOf } from '../load/cluster-cidr.ts'
import { generateCluster } from '../load/generator/generate-cluster.ts'
import type { LeftOut } from '../load/load-objects.ts'
import { createWanted, loadCaptured } from '../load/load-stages.ts'
import { serverVersionOf } from '../load/server-version.ts'
import type { SandboxWorld, WorldPorts, WorldSource } from './sandbox-world.ts'

/** For the first service accounts and leases. */
const ageMs = 15_000

/** Called with what the cluster cannot have. */
type LeftOutListener = (leftOut: LeftOut) => void

type Generated = Omit<Parameters<typeof generateCluster>[0], 'nowMs'>

/** A cluster made for its size. */
export function generatedWorld(options: Generated, onLeftOut: LeftOutListener): WorldSource {
  const make = async ({ clock }: WorldPorts) => {
    const { version, objects } = generateCluster({ ...options, nowMs: clock.now() })
    return worldOf(objects, version, onLeftOut)
  }
  return { ageMs, make }
}

/** Objects of a cluster or of files; the API server is as new as their newest kubelet unless a version is told. */
export function loadedWorld(objects: readonly DraftObject[], version: string | undefined, onLeftOut: LeftOutListener): WorldSource {
  return { ageMs, times: 'World', make: async () => worldOf(objects, version ?? serverVersionOf(objects) ?? 'v1.33.5', onLeftOut) }
}

function worldOf(objects: readonly DraftObject[], version: string, onLeftOut: LeftOutListener): SandboxWorld {
  return {
    version,
    twinOptions: { clusterCidr: clusterCidrOf(objects) },
    load: async (twin) => (await loadCaptured(twin, objects)).forEach(onLeftOut),
    apply: async (twin, clock) => {
      const settle = () => clock.advance(ageMs / 3)
      const leftOut = await createWanted(twin, objects, settle)
      leftOut.forEach(onLeftOut)
      await settle()
    },
  }
}

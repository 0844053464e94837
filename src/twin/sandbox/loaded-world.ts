import type { Node } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../kube-object.ts'
import { generateCluster } from '../load/generator/generate-cluster.ts'
import { type LeftOut, loadObjects } from '../load/load-objects.ts'
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

/** Objects of a cluster or of files; the API server is as new as their first node unless a version is told. */
export function loadedWorld(objects: readonly DraftObject[], version: string | undefined, onLeftOut: LeftOutListener): WorldSource {
  return { ageMs, times: 'World', make: async () => worldOf(objects, version ?? versionOf(objects), onLeftOut) }
}

function worldOf(objects: readonly DraftObject[], version: string, onLeftOut: LeftOutListener): SandboxWorld {
  return {
    version,
    load: async (twin) => {
      const { leftOut } = await loadObjects(twin, objects.filter(isFromCluster))
      leftOut.forEach(onLeftOut)
    },
    apply: async (twin, clock) => {
      await clock.advance(ageMs / 3)
      const wanted = objects.filter((object) => !isFromCluster(object))
      for (const some of [wanted.filter(isNamespace), wanted.filter((object) => !isNamespace(object))]) {
        const { leftOut } = await loadObjects(twin, some)
        leftOut.forEach(onLeftOut)
        await clock.advance(ageMs / 3)
      }
    },
  }
}

function isFromCluster({ metadata }: DraftObject): boolean {
  return Boolean(metadata?.uid)
}

function isNamespace({ kind }: DraftObject): boolean {
  return kind === 'Namespace'
}

function versionOf(objects: readonly DraftObject[]): string {
  const node = objects.find(({ kind }) => kind === 'Node')
  return (node === undefined ? undefined : as<Node>(node).status?.nodeInfo?.kubeletVersion) ?? 'v1.33.5'
}

import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js'
import type { Clock } from '../../cluster/clock.ts'
import type { PodInfo } from '../../core/scheduling/pod-info.ts'
import { selectedNodeAnnotation, type VolumePlan } from '../../core/scheduling/volume-plan.ts'
import { isFullyBound } from '../../core/scheduling/volume-reader.ts'
import { as, type DraftObject } from '../kube-object.ts'
import type { TwinClient } from '../twin-client.ts'
import { claimedVolume, placedClaim } from './assumed-volumes.ts'

/** How long volumes may take. Source: kube-scheduler, bindTimeoutSeconds. */
const volumeTimeoutMs = 600_000

export interface BindCycle {
  readonly client: TwinClient
  readonly clock: Clock
  readonly pod: PodInfo
  readonly nodeName: string
  /** What has to happen to the pod's claims first; absent when nothing has. */
  readonly volumes: VolumePlan | undefined
  /** Whoever waits for volumes then is left alone. */
  readonly signal: AbortSignal
}

/** Binds a pod to its node: first its volumes, then the pod. Throws what stands in the way, as the message of the pod will have it. */
export async function bindCycle(cycle: BindCycle): Promise<void> {
  if (cycle.volumes !== undefined) await bindVolumes(cycle, cycle.volumes)
  const { namespace, name, uid } = cycle.pod
  try {
    await cycle.client.bind({ namespace, name, uid }, cycle.nodeName)
  } catch (error) {
    throw new Error(`binding rejected: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

async function bindVolumes({ client, clock, nodeName, signal }: BindCycle, { bindings, provisions }: VolumePlan): Promise<void> {
  for (const { volume, claim } of bindings) {
    await client.change(
      'persistentvolumes',
      { name: volume.metadata?.name ?? '' },
      (now) => claimedVolume(as<PersistentVolume>(now), claim) as unknown as DraftObject,
    )
  }
  for (const claim of provisions) {
    await client.change(
      'persistentvolumeclaims',
      keyOf(claim),
      (now) => placedClaim(as<PersistentVolumeClaim>(now), nodeName) as unknown as DraftObject,
    )
  }
  const claims = [...bindings.map(({ claim }) => claim), ...provisions]
  const outcome = await untilBound({ client, clock, claims, provisions, nodeName, signal })
  if (outcome !== 'Bound') throw new Error(`binding volumes: ${outcome}`)
}

interface Awaited {
  readonly client: TwinClient
  readonly clock: Clock
  readonly claims: readonly PersistentVolumeClaim[]
  readonly provisions: readonly PersistentVolumeClaim[]
  readonly nodeName: string
  readonly signal: AbortSignal
}

/** Resolves when all claims are bound, or with what went wrong. */
function untilBound({ client: { store }, clock, claims, provisions, nodeName, signal }: Awaited): Promise<string> {
  const outcome = () => {
    const current = claims.map((claim) => store.get('persistentvolumeclaims', claim.metadata?.namespace, claim.metadata?.name ?? ''))
    const missing = claims.find((_, at) => current[at] === undefined)
    if (missing !== undefined) return `could not find pvc "${missing.metadata?.namespace}/${missing.metadata?.name}"`
    for (const [at, claim] of current.entries()) {
      const selected = claim?.metadata.annotations?.[selectedNodeAnnotation]
      if (at >= claims.length - provisions.length && selected !== nodeName) return `provisioning failed for PVC "${claim?.metadata.name}"`
    }
    return current.every((claim) => claim !== undefined && isFullyBound(as<PersistentVolumeClaim>(claim))) ? 'Bound' : undefined
  }
  return new Promise((resolve) => {
    const leave = () => {
      unsubscribe()
      cancel()
      signal.removeEventListener('abort', leave)
    }
    const end = (found: string) => {
      leave()
      resolve(found)
    }
    const look = () => {
      const found = outcome()
      if (found !== undefined) end(found)
    }
    const unsubscribe = store.subscribe(look, ['persistentvolumeclaims'])
    const cancel = clock.after(volumeTimeoutMs, () => end('timed out waiting for the condition'))
    signal.addEventListener('abort', leave)
    look()
  })
}

function keyOf({ metadata }: PersistentVolumeClaim): { namespace: string | undefined; name: string } {
  return { namespace: metadata?.namespace, name: metadata?.name ?? '' }
}

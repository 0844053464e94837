import { resolve } from 'node:path'
import type { Clock } from '../../cluster/clock.ts'
import { readSnapshot } from '../../cluster/snapshot/read-snapshot.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { type ClusterLatencies, usualLatencies } from '../controllers/latencies.ts'
import type { DraftObject } from '../kube-object.ts'
import { defaultTimings, type PodTimings } from '../kubelet/pod/pod-timings.ts'
import { clusterCidrOf } from '../load/cluster-cidr.ts'
import { generateCluster } from '../load/generator/generate-cluster.ts'
import { createWanted, loadCaptured } from '../load/load-stages.ts'
import { readManifests } from '../load/manifests.ts'
import { serverVersionOf } from '../load/server-version.ts'
import { shapeProblem } from '../load/shape-problem.ts'
import type { Twin, TwinOptions } from '../twin.ts'
import type { FaultBoard } from './faults/fault-board.ts'
import type { Scenario } from './scenario-schema.ts'

/** What a scenario's cluster is made of. */
export interface ScenarioCluster {
  /** Of the API server. */
  readonly version: string
  readonly objects: readonly DraftObject[]
}

export interface ClusterPlace {
  /** Files are found from here. */
  readonly folder: string
  readonly nowMs: number
}

/** Makes or reads the objects of a scenario's cluster. Throws `FalkirkError`. */
export async function scenarioCluster(
  { cluster, seed }: Pick<Scenario, 'cluster' | 'seed'>,
  { folder, nowMs }: ClusterPlace,
): Promise<ScenarioCluster> {
  const objects: DraftObject[] = []
  let version = cluster.version
  if (cluster.generate !== undefined) {
    const made = generateCluster({ seed: seed ?? 1, nowMs, ...present(cluster.generate) } as Parameters<typeof generateCluster>[0])
    version ??= made.version
    for (const object of made.objects) objects.push(object)
  }
  if (cluster.snapshot !== undefined) {
    const { header, objects: captured } = await readSnapshot(resolve(folder, cluster.snapshot))
    version ??= header.server
    for (const object of captured) objects.push(object as DraftObject)
  }
  for (const file of cluster.files ?? []) for (const object of await readManifests(resolve(folder, file))) objects.push(object)
  for (const object of cluster.objects ?? []) objects.push(checked(object as DraftObject))
  return { version: version ?? serverVersionOf(objects) ?? 'v1.32.1', objects }
}

/** What has a UID is taken as it is: nobody looks at it after this. Throws FK_SCENARIO. */
function checked(object: DraftObject): DraftObject {
  const problem = object.metadata?.uid ? shapeProblem(object) : undefined
  if (problem === undefined) return object
  throw new FalkirkError('FK_SCENARIO', `cluster.objects has a ${object.kind} with a UID that comes from no cluster: ${problem}`)
}

/** Puts what comes from a cluster into a twin that has not been started; kinds that the server does not know are left out. */
export async function loadScenario(twin: Twin, { objects }: ScenarioCluster): Promise<void> {
  await loadCaptured(twin, objects)
}

/**
 * Creates what the scenario only wishes for, in a twin that runs and has made its first service accounts. Throws `FalkirkError` FK_SCENARIO when
 * something is refused.
 */
export async function applyScenario(twin: Twin, { objects }: ScenarioCluster, clock: Clock): Promise<void> {
  const leftOut = await createWanted(twin, objects, () => clock.sleep(1000))
  const [first] = leftOut
  if (first === undefined) return
  const { kind, namespace, name, why } = first
  const full = namespace === undefined ? name : `${namespace}/${name}`
  throw new FalkirkError('FK_SCENARIO', `the cluster cannot have ${kind} ${full}: ${why}`)
}

/** What a twin has to be made with for a scenario. */
export function scenarioTwinOptions(
  { timings }: Scenario,
  { objects }: ScenarioCluster,
  board: FaultBoard,
): Pick<TwinOptions, 'api' | 'kubelets' | 'clusterCidr' | 'latencies'> {
  const { api, kubelets } = board.twinOptions()
  const { attachSeconds, detachSeconds, ...ofPods } = timings ?? {}
  const all: PodTimings = { ...defaultTimings, ...present(ofPods) }
  return {
    ...(api && { api }),
    kubelets: { ...kubelets, timingsOf: () => all },
    clusterCidr: clusterCidrOf(objects),
    latencies: volumeLatencies({ attachSeconds, detachSeconds }),
  }
}

function volumeLatencies({ attachSeconds, detachSeconds }: NonNullable<Scenario['timings']>): ClusterLatencies {
  return {
    ...usualLatencies,
    ...(attachSeconds === undefined ? {} : { attachMs: () => attachSeconds * 1000 }),
    ...(detachSeconds === undefined ? {} : { detachMs: () => detachSeconds * 1000 }),
  }
}

/** Without the fields that are undefined. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

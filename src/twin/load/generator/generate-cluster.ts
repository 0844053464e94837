import type { KubeObject } from '../../kube-object.ts'
import { type Application, nextApplication } from './application-mix.ts'
import { clusterShape, type GenerateOptions } from './cluster-shape.ts'
import { addBarePod, addDeployment, addJob } from './deployed-application.ts'
import type { Ground } from './ground.ts'
import { type GeneratedNode, generateNodes } from './node-objects.ts'
import { NodeRoom } from './node-room.ts'
import { ObjectMaker } from './object-maker.ts'
import { RunningPods } from './running-pods.ts'
import { addStatefulSet } from './stateful-application.ts'
import { addNamespaces, addStaticPods, addStorageClass, addSystem } from './system-objects.ts'

/** What a cluster is made of, as objects that `loadObjects` takes. */
export interface GeneratedCluster {
  readonly version: string
  readonly objects: readonly KubeObject[]
}

/**
 * A cluster that has run for some weeks and is at rest: nodes, system pods, Deployments with budgets, StatefulSets with volumes, DaemonSets, Jobs
 * and pods of nobody. The same options make the same objects. Throws `FalkirkError` FK_BAD_SETTING.
 */
export function generateCluster(options: GenerateOptions): GeneratedCluster {
  const shape = clusterShape(options)
  const maker = new ObjectMaker(shape)
  const nodes = generateNodes(maker)
  const workers = inTurn(nodes.filter(({ pool }) => pool !== undefined))
  const room = new NodeRoom()
  const byName = new Map(nodes.map(({ object }) => [object.metadata.name, object]))
  const ground: Ground = {
    maker,
    room,
    pods: new RunningPods(maker, room),
    nodes,
    nodeOf: (name) => byName.get(name),
    workers: workers.length > 0 ? workers : nodes,
    storageClass: addStorageClass(maker),
    zones: shape.zones,
  }
  if (shape.distribution === 'kubeadm') for (const node of nodes) addStaticPods(node, ground)
  addSystem(ground, daemonsFor(shape.pods, nodes.length))
  addApplications(ground, shape.pods)
  const used = new Set(maker.objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  addNamespaces(maker, [...new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', ...used])])
  return { version: shape.version, objects: maker.objects }
}

/** DaemonSets take a third of the pods that are wanted at most. */
function daemonsFor(pods: number, nodes: number): number {
  return Math.max(1, Math.min(3, Math.floor(pods / 3 / nodes)))
}

function addApplications(ground: Ground, wanted: number): void {
  const { maker } = ground
  let left = wanted - maker.objects.filter(({ kind }) => kind === 'Pod').length
  for (let number = 0; left > 0; number += 1) {
    const app = nextApplication(maker, number, left)
    adders[app.kind](app, ground)
    left -= app.replicas
  }
}

const adders: Readonly<Record<Application['kind'], (app: Application, ground: Ground) => void>> = {
  Deployment: addDeployment,
  StatefulSet: addStatefulSet,
  Job: addJob,
  Bare: addBarePod,
}

/** Neighbours in the list are in different zones and pools. */
function inTurn(nodes: readonly GeneratedNode[]): readonly GeneratedNode[] {
  const groups = new Map<string, GeneratedNode[]>()
  for (const node of nodes) {
    const key = `${node.pool}/${node.zone}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  const lists = [...groups.values()]
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat()
}

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../../scripts/build.mjs'
import type { ControlPlane, ControlPlaneOptions } from '../../rig/control-plane.ts'
import { type FalkirkProcess, startFalkirk } from '../../rig/falkirk-process.ts'
import { type Observer, startObserver } from '../../rig/observer.ts'
import type { SimulatedNode } from '../../rig/simulated-kubelets/node-object.ts'
import { type SimulatedKubelets, startSimulatedKubelets } from '../../rig/simulated-kubelets/simulated-kubelets.ts'
import { JobScript } from './job-script.ts'
import { startPlane } from './plane.ts'

export const namespace = 'system-upgrade'

export interface StageOptions extends Pick<ControlPlaneOptions, 'version'> {
  /** Environment of the controller; Jobs fail at their first failed pod unless it says more. */
  readonly env?: Readonly<Record<string, string>>
  readonly leaderElect?: boolean
  /** Over all nodes. */
  readonly heartbeatsPerSecond?: number
  /** Kept when the stage goes, in the folder that FALKIRK_LOGS names. */
  readonly name: string
}

/** A control plane with simulated kubelets, the controller as a process, and an observer: shared by the tests of a file. */
export interface PlanStage {
  readonly plane: ControlPlane
  readonly kubelets: SimulatedKubelets
  readonly observer: Observer
  readonly script: JobScript
  /** The controller that runs now. */
  falkirk(): FalkirkProcess
  /** Ends the controller as a kubelet does, does `meanwhile`, and starts it again. */
  restart(meanwhile?: () => Promise<unknown>): Promise<void>
  /** Registers nodes and waits until pods can be scheduled to them. */
  addNodes(nodes: readonly SimulatedNode[]): Promise<void>
  down(): Promise<void>
}

/** Takes about ten seconds. What has been started is ended when a later part fails. */
export async function setStage(options: StageOptions): Promise<PlanStage> {
  const plane = await startPlane(options.version === undefined ? {} : { version: options.version })
  const closers: (() => Promise<unknown>)[] = []
  const down = async () => {
    for (const close of closers.reverse()) await close()
    if (process.env.FALKIRK_LOGS) cpSync(join(plane.folder, 'log'), join(process.env.FALKIRK_LOGS, options.name), { recursive: true })
    await plane.down()
  }
  try {
    return await assemble(options, plane, closers, down)
  } catch (error) {
    await down()
    throw error
  }
}

async function assemble(
  options: StageOptions,
  plane: ControlPlane,
  closers: (() => Promise<unknown>)[],
  down: () => Promise<void>,
): Promise<PlanStage> {
  // in the plane's own folder: other tests may build meanwhile
  const { file: program } = await build(join(plane.folder, 'program', 'falkirk.js'))
  await plane.kubectl(['create', 'namespace', namespace])
  await plane.kubectl(['--namespace', namespace, 'create', 'serviceaccount', 'system-upgrade'])
  const script = new JobScript()
  const kubelets = await startSimulatedKubelets({
    kubeconfig: plane.kubeconfigFor('simulated-kubelets'),
    nodes: [],
    behave: script.behave,
    heartbeatsPerSecond: options.heartbeatsPerSecond ?? 10,
  })
  closers.push(() => kubelets.stop())
  const start = async () => {
    const env = { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '0', ...options.env }
    const kubeconfig = plane.kubeconfigFor('sut')
    const started = await startFalkirk({
      program,
      kubeconfig,
      folder: join(plane.folder, 'log'),
      leaderElect: options.leaderElect ?? false,
      env,
    })
    await started.ready()
    return started
  }
  let falkirk = await start()
  closers.push(() => falkirk.stop())
  const observer = await startObserver(plane.kubeconfigFor('observer'))
  closers.push(() => observer.stop())
  return {
    plane,
    kubelets,
    observer,
    script,
    down,
    falkirk: () => falkirk,
    async restart(meanwhile = async () => undefined) {
      await falkirk.stop()
      await meanwhile()
      falkirk = await start()
    },
    addNodes: (nodes) => addNodes(kubelets, observer, nodes),
  }
}

async function addNodes(kubelets: SimulatedKubelets, observer: Observer, nodes: readonly SimulatedNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => kubelets.addNode(node)))
  const settled = ({ name, taints = [], unschedulable = false }: SimulatedNode) => {
    const now = observer.nodes.get(name)
    return now?.ready === true && now.taints.length === taints.length + (unschedulable ? 1 : 0)
  }
  await observer.until(`${nodes.map((n) => n.name).join(', ')} ready for pods`, () => nodes.every(settled))
}

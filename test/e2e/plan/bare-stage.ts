import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../../scripts/build.mjs'
import type { ControlPlane, ControlPlaneOptions } from '../../rig/control-plane.ts'
import { type FalkirkProcess, type FalkirkProcessOptions, startFalkirk } from '../../rig/falkirk-process.ts'
import { type Observer, startObserver } from '../../rig/observer.ts'
import type { SimulatedNode } from '../../rig/simulated-kubelets/node-object.ts'
import { type SimulatedKubelets, startSimulatedKubelets } from '../../rig/simulated-kubelets/simulated-kubelets.ts'
import { JobScript } from './job-script.ts'
import { startPlane } from './plane.ts'
import { namespace, type PlanStage } from './stage.ts'

export interface BareStageOptions extends ControlPlaneOptions {
  /** Kept when the stage goes, in the folder that FALKIRK_LOGS names. */
  readonly name: string
  readonly nodes?: readonly SimulatedNode[]
  /** Over all nodes; 10 unless told. */
  readonly heartbeatsPerSecond?: number
}

/** A stage without a controller: tests start, stop and kill theirs themselves. */
export interface BareStage extends PlanStage {
  /** Folder of the processes' logs. */
  readonly logs: string
  /** The controller's bundle. */
  readonly program: string
  /** Starts a controller as the user `sut` and does not wait for it; it is ended with the stage. */
  startController(options?: Partial<FalkirkProcessOptions>): Promise<FalkirkProcess>
}

/** Takes about ten seconds. What has been started is ended when a later part fails. */
export async function setBareStage(options: BareStageOptions): Promise<BareStage> {
  const { name, nodes = [], heartbeatsPerSecond = 10, ...planeOptions } = options
  const plane = await startPlane(planeOptions)
  const closers: (() => Promise<unknown>)[] = []
  const down = async () => {
    for (const close of closers.reverse()) await close()
    if (process.env.FALKIRK_LOGS) cpSync(join(plane.folder, 'log'), join(process.env.FALKIRK_LOGS, name), { recursive: true })
    await plane.down()
  }
  try {
    // in the plane's own folder: other tests may build meanwhile
    const { file: program } = await build(join(plane.folder, 'program', 'falkirk.js'))
    await plane.kubectl(['create', 'namespace', namespace])
    await plane.kubectl(['--namespace', namespace, 'create', 'serviceaccount', 'system-upgrade'])
    const script = new JobScript()
    const kubeconfig = plane.kubeconfigFor('simulated-kubelets')
    const kubelets = await startSimulatedKubelets({ kubeconfig, nodes: [], behave: script.behave, heartbeatsPerSecond })
    closers.push(() => kubelets.stop())
    const observer = await startObserver(plane.kubeconfigFor('observer'))
    closers.push(() => observer.stop())
    const stage = { plane, kubelets, observer, script, program, down, ...controllers(plane, program, closers) }
    await addNodes(kubelets, observer, nodes)
    return { ...stage, addNodes: (more) => addNodes(kubelets, observer, more) }
  } catch (error) {
    await down()
    throw error
  }
}

type Controllers = Pick<BareStage, 'logs' | 'startController' | 'falkirk' | 'restart'>

function controllers(plane: ControlPlane, program: string, closers: (() => Promise<unknown>)[]): Controllers {
  const logs = join(plane.folder, 'log')
  let last: FalkirkProcess | undefined
  const falkirk = () => {
    if (last === undefined) throw new Error('no controller has been started')
    return last
  }
  const startController: BareStage['startController'] = async ({ env, ...options } = {}) => {
    const started = await startFalkirk({
      program,
      kubeconfig: plane.kubeconfigFor('sut'),
      folder: logs,
      leaderElect: false,
      env: { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '0', ...env },
      ...options,
    })
    closers.push(() => started.kill())
    last = started
    return started
  }
  return {
    logs,
    startController,
    falkirk,
    async restart(meanwhile = async () => undefined) {
      await falkirk().stop()
      await meanwhile()
      await (await startController()).ready()
    },
  }
}

async function addNodes(kubelets: SimulatedKubelets, observer: Observer, nodes: readonly SimulatedNode[]): Promise<void> {
  const waiting = [...nodes]
  const worker = async () => {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) await kubelets.addNode(node)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  // the node lifecycle controller takes a taint of new nodes away
  const settled = ({ name, taints = [], unschedulable = false }: SimulatedNode) => {
    const now = observer.nodes.get(name)
    return now?.ready === true && now.taints.length === taints.length + (unschedulable ? 1 : 0)
  }
  await observer.until(`${nodes.length} nodes ready for pods`, () => nodes.every(settled))
}

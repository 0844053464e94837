import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../../scripts/progress.mjs'
import { bundledScript } from '../rig/bundled-script.ts'
import { type ControlPlane, startControlPlane } from '../rig/control-plane.ts'
import { type Observer, startObserver } from '../rig/observer.ts'
import { logTail, type OwnedProcess, startProcess } from '../rig/owned-process.ts'
import { type ProcessUsage, processUsage } from '../rig/process-usage.ts'
import type { JoinedKubeletsSettings } from './joined-kubelets-program.ts'
import { namespace, type Scenario, versions } from './scenario.ts'

/** An own control plane with all nodes Ready: each rollout begins on a cluster that nobody has used. */
export interface Stage {
  readonly plane: ControlPlane
  readonly observer: Observer
  /** For scripts and logs. */
  readonly folder: string
  /** From the start of etcd until all nodes are there and can be scheduled to. */
  readonly upSeconds: number
  kubeletsUsage(): ProcessUsage | undefined
  down(): Promise<void>
}

const root = join(import.meta.dirname, '..', '..')
/** Makes a Node about 10 KB, as they are in real clusters. */
const images = 50

export async function setStage(scenario: Scenario): Promise<Stage> {
  const begin = performance.now()
  // the control plane has been upgraded already, as it must be before its nodes
  const plane = await startControlPlane({ version: versions.after })
  const closers: (() => Promise<unknown>)[] = []
  const down = async () => {
    for (const close of closers.reverse()) await close()
    await plane.down()
  }
  try {
    await install(plane)
    const observer = await startObserver(plane.kubeconfigFor('observer'))
    closers.push(() => observer.stop())
    const kubelets = await step(`registering ${scenario.nodes} simulated nodes`, async () => {
      const started = await startKubelets(plane, scenario)
      closers.push(() => started.stop('SIGKILL'))
      await allReady(observer, started, scenario.nodes)
      return started
    })
    await sleep(1000) // the start-up of so many nodes is not to be measured
    const upSeconds = (performance.now() - begin) / 1000
    return { plane, observer, folder: plane.folder, upSeconds, kubeletsUsage: () => processUsage(kubelets.pid), down }
  } catch (error) {
    await down()
    throw error
  }
}

async function install({ kubectl }: ControlPlane): Promise<void> {
  const crd = join(root, 'deploy', 'base', 'crd.yaml')
  if (existsSync(crd)) await kubectl.apply(readFileSync(crd, 'utf8'))
  await kubectl(['create', 'namespace', namespace])
  await kubectl(['--namespace', namespace, 'create', 'serviceaccount', 'system-upgrade'])
}

async function startKubelets(plane: ControlPlane, scenario: Scenario): Promise<OwnedProcess> {
  const script = await bundledScript(join(import.meta.dirname, 'joined-kubelets-program.ts'), plane.folder)
  const settings: JoinedKubeletsSettings = {
    kubeconfig: plane.kubeconfigFor('simulated-kubelets'),
    count: scenario.nodes,
    version: versions.before,
    jobSeconds: scenario.jobSeconds,
    heartbeatsPerSecond: scenario.heartbeatsPerSecond,
    images,
  }
  return startProcess({
    name: 'joined-kubelets',
    command: [process.execPath, script, JSON.stringify(settings)],
    logFile: join(plane.folder, 'log', 'joined-kubelets.log'),
  })
}

async function allReady(observer: Observer, kubelets: OwnedProcess, count: number): Promise<void> {
  const ready = () => observer.nodes.now().filter((node) => node.ready && node.taints.length === 0).length
  const dead = kubelets.ended.then(() => {
    throw new Error(`the joined kubelets ended:\n${logTail(kubelets.logFile)}`)
  })
  dead.catch(() => undefined)
  await Promise.race([dead, observer.until(`${count} nodes Ready`, () => ready() === count, 180_000)])
}

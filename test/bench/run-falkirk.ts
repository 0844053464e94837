import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { semiSpaceFlag } from '../../scripts/image.mjs'
import { type FalkirkProcess, startFalkirk } from '../rig/falkirk-process.ts'
import type { Measurement } from './measurement.ts'
import { rolloutFaults, whenAllDone } from './rollout.ts'
import { namespace, plan, type Scenario, versions } from './scenario.ts'
import type { Stage } from './stage.ts'

export interface FalkirkOptions {
  /** The shipped bundle. */
  readonly program: string
  /** Folder for a CPU profile. */
  readonly profile: string | undefined
}

/** Measures the shipped bundle as the image runs it, with the settings that a user has who sets none, leader election included. */
export async function runFalkirk(stage: Stage, scenario: Scenario, { program, profile }: FalkirkOptions): Promise<Measurement> {
  const { plane, observer } = stage
  const falkirk = await startFalkirk({
    program,
    kubeconfig: plane.kubeconfigFor('sut'),
    folder: join(plane.folder, 'log'),
    nodeArgs: [semiSpaceFlag, ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])],
  })
  try {
    const readySeconds = (await falkirk.ready()) / 1000
    const beginMs = Date.now()
    await plane.api.post(`/apis/upgrade.cattle.io/v1/namespaces/${namespace}/plans`, planObject(scenario))
    const endMs = await whenAllDone(observer, scenario, falkirk.process)
    await observer.until('the Plan is complete', () => complete(stage), 30_000)
    await sleep(2000) // whatever it still writes counts
    return {
      contender: 'Falkirk',
      nodes: scenario.nodes,
      concurrency: scenario.concurrency,
      wallSeconds: (endMs - beginMs) / 1000,
      readySeconds,
      requests: plane.requests('sut').length,
      requestKinds: plane.requestsOf('sut'),
      ...costs(falkirk),
      faults: rolloutFaults(observer, scenario),
    }
  } finally {
    await falkirk.stop() // a profile is written at an orderly end
  }
}

function costs(falkirk: FalkirkProcess): { cpuSeconds: number; peakMib: number } {
  const usage = falkirk.usage()
  if (usage === undefined) throw new Error('the controller ended before it was measured')
  return { cpuSeconds: usage.cpuSeconds, peakMib: usage.peakRssMib }
}

function complete({ observer }: Stage): boolean {
  return observer.plans.get(`${namespace}/${plan}`)?.conditions.Complete?.startsWith('True/') === true
}

function planObject({ concurrency }: Scenario): object {
  return {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name: plan, namespace },
    spec: {
      concurrency,
      version: versions.after,
      nodeSelector: {},
      serviceAccountName: 'system-upgrade',
      upgrade: { image: 'rancher/k3s-upgrade' },
    },
  }
}

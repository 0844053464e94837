import { readFileSync } from 'node:fs'
import { programFile } from '../scripts/build.mjs'
import { elapsed } from '../scripts/progress.mjs'
import { exitCodeOfPhase } from '../src/cli/upgrade/exit-code.ts'
import { isAtRest } from '../src/cli/upgrade/run-state.ts'
import { clusterWorld } from '../src/twin/sandbox/small-world.ts'
import type { PlainApi } from '../test/rig/plain-api.ts'
import { createObjects } from './create-objects.ts'
import { type ShowOptions, showOnSandbox } from './sandbox.ts'
import { shopCluster } from './shop-cluster.ts'
import { drawUpgrade, paintUpgrade } from './upgrade-frame.ts'
import { hasEnded, lookAtUpgrade, type UpgradeLook, upgradeChanges } from './upgrade-look.ts'
import { UpgradeRecord } from './upgrade-record.ts'
import { watchCluster } from './watch-cluster.ts'

/** Where the cluster is before: two hops from v1.34.11+k3s1. */
const version = 'v1.32.13+k3s1'
const upgradeFile = new URL('cluster-upgrade.yaml', import.meta.url)
/** Of the object in that file. */
const name = 'to-1-34'

/** In the cluster's own time it takes some minutes. */
const usualSpeed = 4

/** Shows a ClusterUpgrade at work on a twin of three servers and two pools of seven nodes. Resolves with the exit code, which is that of `falkirk upgrade`. */
export function main({ exit = false, speed = usualSpeed }: Partial<ShowOptions> = {}): Promise<number> {
  const world = clusterWorld(version, (random) => shopCluster({ distribution: 'k3s', version, random }))
  return showOnSandbox(
    {
      title: `starting a twin of 17 nodes with ${version}`,
      world,
      greeting: (kubeconfig) => greeting(kubeconfig, speed),
      run: (api, { kubeconfig, signal }) => run(api, { kubeconfig, signal, exit }),
    },
    { exit, speed },
  )
}

interface Stage {
  readonly kubeconfig: string
  readonly signal: AbortSignal
  readonly exit: boolean
}

async function run(api: PlainApi, { kubeconfig, signal, exit }: Stage): Promise<number | undefined> {
  await createObjects(api, [upgradeFile])
  const begin = performance.now()
  const record = new UpgradeRecord()
  const last = await watchCluster<UpgradeLook>(
    {
      look: async () => {
        const seen = await lookAtUpgrade(api, name)
        record.see(seen, performance.now())
        return seen
      },
      // nobody is there who would continue it
      isOver: exit ? ({ run }) => isAtRest(run) : hasEnded,
      changes: upgradeChanges,
      draw: (frame, size) => drawUpgrade({ ...frame, kubeconfig, nowMs: Date.now() }, size),
      paint: paintUpgrade,
    },
    signal,
  )
  if (last === undefined) return undefined
  process.stdout.write(farewell(last, elapsed(begin), record))
  return exitCodeOfPhase(last.run.status.phase)
}

function farewell({ run: { status } }: UpgradeLook, took: string, record: UpgradeRecord): string {
  const seen = record.report().map((line) => `  ${line}\n`)
  return `\n${status.phase} after ${took}: ${status.message}. What was seen:\n\n${seen.join('')}\n`
}

function greeting(kubeconfig: string, speed: number): string {
  const manifest = readFileSync(upgradeFile, 'utf8').replaceAll(/^(?=.)/gm, '  ')
  return `
A Kubernetes within this program: 3 servers and two pools of 7 nodes.
Falkirk takes it from ${version} to another version now.
demo/cluster-upgrade.yaml says how:

${manifest}
The cluster lives ${speed} times as fast as the world.
Look at it from another terminal, and interfere:

  export KUBECONFIG=${kubeconfig}
  alias falkirk='node ${programFile}'

  falkirk status -w                      # and falkirk pause, continue, cancel
  kubectl get clusterupgrades -o wide
  kubectl get nodes -w
  kubectl get pods -A -o wide -w
  kubectl describe clusterupgrade ${name}

`
}

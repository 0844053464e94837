import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../cluster/clock.ts'
import { readCluster } from '../twin/load/read-cluster.ts'
import { generatedWorld, loadedWorld } from '../twin/sandbox/loaded-world.ts'
import { removeKubeconfig, requireFreePlace, sandboxKubeconfig, writeKubeconfig } from '../twin/sandbox/sandbox-kubeconfig.ts'
import type { WorldSource } from '../twin/sandbox/sandbox-world.ts'
import { smallWorld } from '../twin/sandbox/small-world.ts'
import { type Sandbox, startSandbox } from '../twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../twin/time/seeded-random.ts'
import { namedScenario } from './named-scenario.ts'
import type { ClusterWish, SandboxSettings } from './sandbox-flags.ts'

export interface SandboxPorts {
  /** Told what a user is to read, line by line. */
  readonly say: (text: string) => void
  /** Ends the sandbox. */
  readonly signal: AbortSignal
}

/** Serves a cluster until `signal` aborts; its kubeconfig is there for as long. Throws `FalkirkError` when it cannot be served. */
export async function runSandbox(settings: SandboxSettings, { say, signal }: SandboxPorts): Promise<void> {
  const { kubeconfig, cluster, seed, ...others } = settings
  await requireFreePlace(kubeconfig)
  const begin = performance.now()
  const sandbox = await startSandbox({
    ...others,
    clock: systemClock,
    random: seededRandom(seed),
    begins: 'Behind',
    world: await worldOf(cluster, seed, say),
    onDefect: (where, error) => say(`something went wrong in the twin, which goes on (${where}): ${String(error)}`),
  })
  const text = sandboxKubeconfig(sandbox)
  try {
    await writeKubeconfig(kubeconfig, text)
    say(greeting(sandbox, kubeconfig, (performance.now() - begin) / 1000))
    while (!signal.aborted) await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {})
  } finally {
    await removeKubeconfig(kubeconfig, text)
    await sandbox.close()
  }
}

async function worldOf(wish: ClusterWish, seed: number, say: (text: string) => void): Promise<WorldSource> {
  const onLeftOut = ({ kind, namespace, name, why }: { kind: string; namespace?: string; name: string; why: string }) =>
    say(`left out: ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}: ${why}`)
  switch (wish.kind) {
    case 'Small':
      return smallWorld(wish)
    case 'Generated': {
      const { kind: _kind, ...size } = wish
      return generatedWorld({ ...size, seed }, onLeftOut)
    }
    case 'Loaded': {
      const { objects, version } = await readCluster(wish.file)
      return loadedWorld(objects, wish.version ?? version, onLeftOut)
    }
    case 'Scenario':
      return await namedScenario(wish.name, say)
  }
}

function greeting({ url, twin }: Sandbox, kubeconfig: string, seconds: number): string {
  const { store } = twin.api.registry
  const nodes = store.list('nodes').map(({ metadata }) => metadata.name)
  const last = nodes.at(-1) ?? 'NODE'
  return `
A cluster of ${count(nodes.length, 'node')} and ${count(store.count('pods'), 'pod')} answers at ${url} (${seconds.toFixed(1)} s). Try

  export KUBECONFIG=${resolve(kubeconfig)}
  kubectl get nodes -o wide
  kubectl get pods -A -o wide -w
  kubectl drain ${last} --ignore-daemonsets --delete-emptydir-data --force
  kubectl get poddisruptionbudgets -A
  kubectl get events -A --sort-by=.metadata.creationTimestamp
  kubectl uncordon ${last}

Ctrl-C ends it and removes the file.`
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}

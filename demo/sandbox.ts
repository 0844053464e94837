import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { elapsed, step } from '../scripts/progress.mjs'
import { systemClock } from '../src/cluster/clock.ts'
import { sandboxKubeconfig, writeKubeconfig } from '../src/twin/sandbox/sandbox-kubeconfig.ts'
import { smallWorld } from '../src/twin/sandbox/small-world.ts'
import { type Sandbox, startSandbox } from '../src/twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../src/twin/time/seeded-random.ts'
import { type PlainApi, plainApi } from '../test/rig/plain-api.ts'
import { startController } from './controller-process.ts'
import { createObjects } from './create-objects.ts'
import { interruptedCode, interruption } from './interruption.ts'
import { watchRollout } from './watch-rollout.ts'

/** Where the cluster is before the Plans take it to v1.24.6+k3s1. */
const version = 'v1.23.12+k3s1'

/** So that nobody waits for the twin: a fast registry, programs that start and end within a second. */
const briskTimings = {
  sandboxSeconds: 0.3,
  createSeconds: 0.1,
  pullBytesPerSecond: 300_000_000,
  pullOverheadSeconds: 0.3,
  imageBytes: 100_000_000,
  readySeconds: 1,
  stopSeconds: 1,
  jobSeconds: 1,
}

const planFile = new URL('sandbox-plans.yaml', import.meta.url)
const manifests = ['namespace', 'crd', 'service-account', 'rbac-controller', 'rbac-drain', 'rbac-upgrade-pods']
const manifestFiles = manifests.map((name) => new URL(`../deploy/base/${name}.yaml`, import.meta.url))

/**
 * Starts a twin of three servers and six agents, lets Falkirk's controller serve it over HTTPS, applies two Plans and shows them at work; then
 * waits for Ctrl-C, unless `exit` is set. The twin lives `speed` times as fast as the world. Everything is gone afterwards. Resolves with the exit code.
 */
export async function main({ exit = false, speed = 1 }: { exit?: boolean; speed?: number } = {}): Promise<number> {
  const signal = interruption()
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-'))
  try {
    const sandbox = await step(`starting a twin of 9 nodes with ${version}`, () => start(speed))
    try {
      return await show(sandbox, { folder, signal, exit })
    } finally {
      await sandbox.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function start(speed: number): Promise<Sandbox> {
  const kubelets = { timingsOf: () => briskTimings, restartSeconds: 3, upgradeSeconds: 1 }
  return startSandbox({ clock: systemClock, random: seededRandom(1), world: smallWorld({ distribution: 'k3s', version }), speed, kubelets })
}

interface Show {
  readonly folder: string
  readonly signal: AbortSignal
  readonly exit: boolean
}

async function show(sandbox: Sandbox, { folder, signal, exit }: Show): Promise<number> {
  const kubeconfig = join(folder, 'kubeconfig.yaml')
  await writeKubeconfig(kubeconfig, sandboxKubeconfig(sandbox))
  process.stdout.write(greeting(kubeconfig))
  const api = plainApi(kubeconfig)
  await createObjects(api, manifestFiles)
  const controller = startController({ kubeconfig: await controllerKubeconfig(api, sandbox, folder), logFile: join(folder, 'falkirk.log') })
  try {
    const begin = performance.now()
    if (!(await Promise.race([upgrade(api, signal), controller.failed]))) return interruptedCode
    process.stdout.write(`\nEvery node has the new version after ${elapsed(begin)}.${exit ? '' : ' Ctrl-C ends the cluster.'}\n`)
    if (!exit) await Promise.race([sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {}), controller.failed])
    return 0
  } finally {
    await controller.stop()
    await api.close()
  }
}

/** True when both Plans were complete before somebody interrupted. */
async function upgrade(api: PlainApi, signal: AbortSignal): Promise<boolean> {
  await createObjects(api, [planFile])
  return await watchRollout(api, signal)
}

/** The controller has the rights of its service account, as in a pod. */
async function controllerKubeconfig(api: PlainApi, { url, certificate }: Sandbox, folder: string): Promise<string> {
  const path = '/api/v1/namespaces/system-upgrade/serviceaccounts/system-upgrade/token'
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } }
  const { status } = await api.post<{ status: { token: string } }>(path, request)
  const file = join(folder, 'controller.yaml')
  await writeKubeconfig(file, sandboxKubeconfig({ url, certificate, token: status.token }))
  return file
}

function greeting(kubeconfig: string): string {
  return `
A Kubernetes within this program, whose nodes Falkirk upgrades now. Look at it from another terminal:

  export KUBECONFIG=${kubeconfig}
  kubectl get pods -A -o wide -w
  kubectl -n system-upgrade get plans
  kubectl -n system-upgrade logs -l upgrade.cattle.io/plan=server-plan
  kubectl get events -A -w

`
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../scripts/progress.mjs'
import { systemClock } from '../src/cluster/clock.ts'
import { sandboxKubeconfig, writeKubeconfig } from '../src/twin/sandbox/sandbox-kubeconfig.ts'
import type { WorldSource } from '../src/twin/sandbox/sandbox-world.ts'
import { type Sandbox, startSandbox } from '../src/twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../src/twin/time/seeded-random.ts'
import { type PlainApi, plainApi } from '../test/rig/plain-api.ts'
import { briskKubelets } from './brisk-kubelets.ts'
import { startController } from './controller-process.ts'
import { createObjects } from './create-objects.ts'
import { interruptedCode, interruption } from './interruption.ts'

const base = [
  ...['namespace', 'crd', 'crd-cluster-upgrade', 'service-account'],
  ...['rbac-controller', 'rbac-drain', 'rbac-cluster-upgrade', 'rbac-upgrade-pods'],
]
const manifestFiles = base.map((name) => new URL(`../deploy/base/${name}.yaml`, import.meta.url))

/** What is shown, and on which cluster. */
export interface SandboxShow {
  /** `starting a twin of 9 nodes`. */
  readonly title: string
  readonly world: WorldSource
  /** What people are told while it runs. */
  readonly greeting: (kubeconfig: string) => string
  /** Resolves with the exit code, and with undefined when `signal` has aborted. */
  readonly run: (api: PlainApi, stage: { readonly kubeconfig: string; readonly signal: AbortSignal }) => Promise<number | undefined>
}

export interface ShowOptions {
  /** Ends with the show instead of waiting for Ctrl-C. */
  readonly exit: boolean
  /** How many times as fast as the world the twin lives. */
  readonly speed: number
}

/**
 * Starts a twin, lets Falkirk's controller serve it over HTTPS, shows what happens, and then waits for Ctrl-C unless `exit` is set. Everything is gone
 * afterwards. Resolves with the exit code.
 */
export async function showOnSandbox(show: SandboxShow, { exit, speed }: ShowOptions): Promise<number> {
  const signal = interruption()
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-'))
  try {
    const options = { clock: systemClock, random: seededRandom(1), world: show.world, speed, kubelets: briskKubelets }
    const sandbox = await step(show.title, () => startSandbox(options))
    try {
      return await serve(sandbox, show, { folder, signal, exit })
    } finally {
      await sandbox.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Stage {
  readonly folder: string
  readonly signal: AbortSignal
  readonly exit: boolean
}

async function serve(sandbox: Sandbox, show: SandboxShow, { folder, signal, exit }: Stage): Promise<number> {
  const kubeconfig = join(folder, 'kubeconfig.yaml')
  await writeKubeconfig(kubeconfig, sandboxKubeconfig(sandbox))
  process.stdout.write(show.greeting(kubeconfig))
  const api = plainApi(kubeconfig)
  await createObjects(api, manifestFiles)
  const controller = startController({ kubeconfig: await controllerKubeconfig(api, sandbox, folder), logFile: join(folder, 'falkirk.log') })
  try {
    const code = await Promise.race([show.run(api, { kubeconfig, signal }), controller.failed])
    if (code === undefined) return interruptedCode
    if (exit) return code
    process.stdout.write('Ctrl-C ends the cluster.\n')
    await Promise.race([sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {}), controller.failed])
    return code
  } finally {
    await controller.stop()
    await api.close()
  }
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

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Twin } from '../../src/twin/twin.ts'
import { bundledScript } from '../rig/bundled-script.ts'
import { freePorts } from '../rig/free-port.ts'
import { kubectlWith } from '../rig/kubectl.ts'
import { kubectlRelease } from '../rig/kubectl-releases.ts'
import { logTail, startProcess } from '../rig/owned-process.ts'
import { servedTwin } from './served-twin.ts'

/** What clients of a twin get; seconds unless named otherwise. */
export interface TwinServe {
  /** From the start of the program until its API server is ready. */
  readonly sandboxReadySeconds: number
  /** All watchers together, over HTTPS. */
  readonly watchEventsPerSecond: number
  readonly watchers: number
  readonly pods: number
  /** `kubectl get pods -A` of kubectl 1.36, with its table. */
  readonly kubectlGetSeconds: number
  /** The same in one page; older kubectls wait between pages, at five requests a second. */
  readonly onePageSeconds: number
}

const watchers = 10
const changes = 5_000
const size = { nodes: 1_000, pods: 30_000 }

/** Measures one after the other. `program`: the shipped bundle. */
export async function measureTwinServe(program: string): Promise<TwinServe> {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-twin-serve-'))
  try {
    const sandboxReadySeconds = await sandboxReady(program, folder)
    return await servedTwin(folder, size, async ({ twin, url, token, kubeconfig }) => {
      const kubectl = kubectlWith([await kubectlRelease('1.36')], kubeconfig)
      const listed = await timed(() => kubectl(['get', 'pods', '-A']))
      const onePage = await timed(() => kubectl(['get', 'pods', '-A', '--chunk-size=0']))
      const pods = listed.result.trimEnd().split('\n').length - 1
      const watchEventsPerSecond = await fanOut(twin, { url, token, folder })
      return {
        sandboxReadySeconds,
        watchEventsPerSecond,
        watchers,
        pods,
        kubectlGetSeconds: listed.seconds,
        onePageSeconds: onePage.seconds,
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One line for each figure, with its goal. */
export function twinServeTable({ sandboxReadySeconds, watchEventsPerSecond, pods, kubectlGetSeconds, onePageSeconds }: TwinServe): string {
  return [
    '| what | measured | goal |',
    '|---|---|---|',
    `| \`falkirk sandbox\` ready | ${sandboxReadySeconds.toFixed(1)} s | < 3 s |`,
    `| watch events to ${watchers} watchers | ${Math.round(watchEventsPerSecond).toLocaleString('en')} a second | ≥ 10,000 |`,
    `| \`kubectl get pods -A --chunk-size=0\` | ${onePageSeconds.toFixed(1)} s | |`,
    `| \`kubectl get pods -A\` of ${pods.toLocaleString('en')} pods | ${kubectlGetSeconds.toFixed(1)} s | < 2 s |`,
  ].join('\n')
}

async function sandboxReady(program: string, folder: string): Promise<number> {
  const [port = 0] = await freePorts(1)
  const begin = performance.now()
  const sandbox = startProcess({
    name: 'sandbox',
    logFile: join(folder, 'sandbox.log'),
    command: [process.execPath, program, 'sandbox', `--kubeconfig=${join(folder, 'sandbox.yaml')}`, `--port=${port}`],
  })
  try {
    while (!(await isReady(port))) {
      if (!sandbox.running) throw new Error(`the sandbox ended before it was ready:\n${logTail(sandbox.logFile)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return (performance.now() - begin) / 1000
  } finally {
    await sandbox.stop('SIGTERM')
  }
}

async function isReady(port: number): Promise<boolean> {
  const { Agent, request } = await import('undici')
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  try {
    const { statusCode } = await request(`https://127.0.0.1:${port}/readyz`, { dispatcher })
    return statusCode === 200
  } catch {
    return false
  } finally {
    await dispatcher.destroy()
  }
}

/** Changes pods as fast as it goes until all watchers have been told of all changes. */
async function fanOut(twin: Twin, { url, token, folder }: Record<'url' | 'token' | 'folder', string>): Promise<number> {
  const script = await bundledScript(join(import.meta.dirname, 'watch-reader-program.ts'), folder)
  const path = `/api/v1/pods?watch=true&resourceVersion=${twin.api.client.store.resourceVersion}`
  const reader = spawn(process.execPath, [script, url, path, token, String(watchers)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen = { open: 0, events: 0 }
  createInterface({ input: reader.stdout }).on('line', (line) => Object.assign(seen, JSON.parse(line)))
  try {
    await until(() => seen.open === watchers)
    const targets = twin.api.client.store.list('pods').slice(0, 1_000)
    const begin = performance.now()
    for (let i = 0; i < changes; i++) {
      const { metadata } = targets[i % targets.length] as (typeof targets)[number]
      const key = { namespace: metadata.namespace, name: metadata.name }
      await twin.api.client.change('pods', key, (pod) => ({
        ...pod,
        metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, 'bench/turn': String(i) } },
      }))
      // a turn of the event loop now and then, in which sockets are written
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => seen.events >= changes * watchers)
    return seen.events / ((performance.now() - begin) / 1000)
  } finally {
    reader.kill()
  }
}

async function until(holds: () => boolean): Promise<void> {
  const giveUpMs = Date.now() + 120_000
  while (!holds()) {
    if (Date.now() > giveUpMs) throw new Error('the watchers were not told of everything within two minutes')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function timed<T>(act: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const begin = performance.now()
  const result = await act()
  return { result, seconds: (performance.now() - begin) / 1000 }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { briskKubelets } from '../../demo/brisk-kubelets.ts'
import { build } from '../../scripts/build.mjs'
import { systemClock } from '../../src/cluster/clock.ts'
import { sandboxKubeconfig, writeKubeconfig } from '../../src/twin/sandbox/sandbox-kubeconfig.ts'
import { smallWorld } from '../../src/twin/sandbox/small-world.ts'
import { type Sandbox, startSandbox } from '../../src/twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import type { TwinOptions } from '../../src/twin/twin.ts'
import { type Pty, type PtyOptions, startPty } from './upgrade-command-pty.ts'

/** What the cluster runs at first, and the patches after it. */
export const [from, to, further] = ['v1.33.5+k3s1', 'v1.33.6+k3s1', 'v1.33.7+k3s1'] as const

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly problems: string
}

export interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly done: Promise<Ended>
  /** Resolves when the output so far matches; rejects when the program ends before. */
  until(pattern: RegExp): Promise<void>
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The built program, installed under its names, and a served cluster of three servers and six agents. */
export class CommandStage {
  readonly sandbox: Sandbox
  /** Its own; removed at the end. */
  readonly folder: string
  readonly kubeconfig: string
  readonly #running = new Set<{ end(): Promise<unknown> }>()

  private constructor(sandbox: Sandbox, folder: string) {
    this.sandbox = sandbox
    this.folder = folder
    this.kubeconfig = join(folder, 'kubeconfig')
  }

  static async start(kubelets: NonNullable<TwinOptions['kubelets']> = {}): Promise<CommandStage> {
    const folder = mkdtempSync(join(tmpdir(), 'falkirk-test-'))
    const world = smallWorld({ distribution: 'k3s', version: from })
    const sandbox = await startSandbox({
      clock: systemClock,
      random: seededRandom(1),
      world,
      speed: 4,
      begins: 'Behind',
      kubelets: { ...briskKubelets, ...kubelets },
    })
    const stage = new CommandStage(sandbox, folder)
    await writeKubeconfig(stage.kubeconfig, sandboxKubeconfig(sandbox))
    // as npm installs it: one file under several names
    await build(join(folder, 'falkirk.mjs'))
    for (const name of ['falkirk', 'kubectl-falkirk', 'kubectl_complete-falkirk']) symlinkSync('falkirk.mjs', join(folder, name))
    return stage
  }

  /** Environment in which the program is found, and finds its cluster; what a person's own shell says is left out. */
  env(more: StartOptions['env'] = {}): NodeJS.ProcessEnv {
    const { NO_COLOR: _, FORCE_COLOR: __, TERM: ___, ...own } = process.env
    return { ...own, PATH: `${this.folder}:${process.env.PATH}`, HOME: this.folder, KUBECONFIG: this.kubeconfig, ...more }
  }

  /** Runs `falkirk` with these words. */
  start(words: readonly string[], { env }: StartOptions = {}): Running {
    const child = spawn(process.execPath, [join(this.folder, 'falkirk'), ...words], {
      env: this.env(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const running = watched(child)
    const end = () => {
      child.kill('SIGTERM')
      return running.done
    }
    const entry = { end }
    this.#running.add(entry)
    void running.done.then(() => this.#running.delete(entry))
    return running
  }

  /** Runs it to its end. */
  falkirk(...words: readonly string[]): Promise<Ended> {
    return this.start(words).done
  }

  /** Runs a shell command in a terminal. */
  terminal(command: string, options: Omit<PtyOptions, 'folder' | 'env'> & StartOptions): Pty {
    const pty = startPty(command, { ...options, folder: this.folder, env: this.env({ TERM: 'xterm-256color', ...options.env }) })
    this.#running.add(pty)
    return pty
  }

  /** Writes a file into the folder; its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }

  /** Writes a kubeconfig; the cluster is the stage's own unless told. Its path. */
  kubeconfigFile(name: string, { cluster = this.#cluster(), user = {} }: { readonly cluster?: object; readonly user?: object }): string {
    const config = {
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }
    return this.file(name, JSON.stringify(config))
  }

  #cluster(): object {
    const { url, certificate } = this.sandbox
    return { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') }
  }

  /** A token of a service account that is there. */
  async tokenOf(namespace: string, name: string): Promise<string> {
    const { url, certificate: ca, token } = this.sandbox
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
    const answer = await new Promise<string>((resolve, reject) => {
      const asked = request(url + path, { method: 'POST', ca, headers }, (response) => resolve(text(response)))
      asked.on('error', reject)
      asked.end(body)
    })
    return (JSON.parse(answer) as { status: { token: string } }).status.token
  }

  versions(): readonly string[] {
    const nodes = this.sandbox.twin.api.registry.store.list('nodes')
    return nodes.map(({ status }) => (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion)
  }

  /** Nodes that are not as they were: cordoned, or with something of Falkirk on them. */
  leftOvers(): readonly string[] {
    return this.sandbox.twin.api.registry.store.list('nodes').flatMap(({ metadata, spec }) => {
      const marks = Object.keys({ ...metadata.labels, ...metadata.annotations }).filter((key) => key.startsWith('falkirk.dev/'))
      const cordoned = (spec as { unschedulable?: boolean }).unschedulable === true ? ['cordoned'] : []
      return [...marks, ...cordoned].map((mark) => `${metadata.name}: ${mark}`)
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((each) => each.end()))
    await this.sandbox.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function watched(child: ChildProcess): Running {
  let output = ''
  let problems = ''
  const looks = new Set<() => void>()
  child.stdout?.on('data', (piece: Buffer) => {
    output += piece.toString('utf8')
    for (const look of looks) look()
  })
  child.stderr?.on('data', (piece: Buffer) => {
    problems += piece.toString('utf8')
  })
  const done = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output, problems }))
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(output)) return
        looks.delete(look)
        resolve()
      }
      looks.add(look)
      look()
      void done.then(({ code }) => reject(new Error(`ended with ${code} before ${pattern}:\n${output}${problems}`)))
    })
  return { child, output: () => output, done, until }
}

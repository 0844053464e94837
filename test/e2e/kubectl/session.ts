import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SomeObject } from '../../conformance/answer.ts'
import type { SideClient } from '../../conformance/side-client.ts'
import { plainOutput } from './plain-output.ts'

/** What one command has shown, with what differs from run to run taken out. */
export interface ShownCommand {
  readonly command: string
  readonly exitCode: number
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}

export interface CommandOptions {
  /** For `-f -`. */
  readonly input?: string
  /** A shell command that changes the file whose path is added to it. */
  readonly editor?: string
  /** Asked again until its output matches; only the last answer is shown. */
  readonly until?: RegExp
  /** Lines that come in no order are sorted. */
  readonly sorted?: boolean
  /** Only that it succeeded or failed is compared. */
  readonly onlyExitCode?: boolean
  /** Lines that are left out. */
  readonly without?: RegExp
  /** Measurements are not compared. */
  readonly withoutNumbers?: boolean
}

export interface SessionParts {
  readonly client: SideClient
  readonly kubectl: string
  readonly kubeconfig: string
  readonly namespace: string
  /** kubectl keeps what it has discovered here. */
  readonly home: string
}

interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

interface GrowingText {
  text(): string
  /** Resolves when it matches. */
  until(pattern: RegExp): Promise<void>
}

function textOf(stream: Readable): GrowingText {
  let text = ''
  stream.on('data', (piece: Buffer) => {
    text += piece.toString('utf8')
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (pattern.test(text)) resolve()
      }
      look()
      stream.on('data', look)
    })
  return { text: () => text, until }
}

/** For what comes in its own time: pods that become ready. */
const mostWaitingMs = 60_000

/** A command that has not ended by then hangs. */
const mostRunningMs = 120_000

/** One kubectl against one server, and what it has shown so far. */
export class Session {
  readonly shown: ShownCommand[] = []
  readonly #parts: SessionParts

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  get namespace(): string {
    return this.#parts.namespace
  }

  /** Runs a command, words as in a shell with single quotes, in the namespace of the session; its output is compared. */
  async run(command: string, options: CommandOptions = {}): Promise<string> {
    const result = await this.#untilShown(command, options)
    const text = (all: string) => (options.onlyExitCode === true ? [] : plainOutput(all, this.namespace, options))
    this.shown.push({ command: this.#plain(command), exitCode: result.exitCode, stdout: text(result.stdout), stderr: text(result.stderr) })
    return result.stdout
  }

  /** Runs a command that is not compared. */
  async quietly(command: string, options: CommandOptions = {}): Promise<string> {
    const { stdout } = await this.#untilShown(command, options)
    return stdout
  }

  /** Asks the server itself, path by path, until it holds: what several controllers do one after another. */
  async settled(path: string, holds: (object: SomeObject) => boolean): Promise<void> {
    const full = path.replaceAll('{ns}', this.namespace)
    const deadline = Date.now() + mostWaitingMs
    for (;;) {
      const { status, body } = await this.#parts.client.request('GET', full)
      if (status === 200 && holds(body as SomeObject)) return
      if (Date.now() > deadline) throw new Error(`not within ${mostWaitingMs / 1000} s: ${full}: ${JSON.stringify(body)}`)
      await sleep(100)
    }
  }

  /** Runs a command that watches, until what it shows matches; `meanwhile` begins when the server has answered its watch. */
  async follow(command: string, until: RegExp, meanwhile: () => Promise<unknown>): Promise<void> {
    // it then tells of its requests
    const child = this.#spawn(`${command} -v=6`, {})
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const stderr = textOf(child.stderr)
    const stdout = textOf(child.stdout)
    try {
      await Promise.race([stderr.until(/watch=true\S* (status=")?200 OK/), ended, sleep(mostWaitingMs, undefined, { ref: false })])
      await meanwhile()
      await Promise.race([stdout.until(until), ended, sleep(mostWaitingMs, undefined, { ref: false })])
    } finally {
      child.kill()
    }
    this.shown.push({ command: this.#plain(command), exitCode: 0, stdout: plainOutput(stdout.text(), this.namespace, {}), stderr: [] })
  }

  #plain(command: string): string {
    return plainOutput(command, this.namespace, {}).join(' ')
  }

  async #untilShown(command: string, options: CommandOptions): Promise<Ended> {
    const { until } = options
    const deadline = Date.now() + mostWaitingMs
    for (;;) {
      const ended = await this.#kubectl(command, options)
      if (until === undefined || until.test(ended.stdout + ended.stderr) || Date.now() > deadline) return ended
      await sleep(250)
    }
  }

  #kubectl(command: string, { input = '', editor }: CommandOptions): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = this.#spawn(command, editor === undefined ? {} : { EDITOR: editor })
      const limit = setTimeout(() => child.kill(), mostRunningMs)
      const [out, err]: [Buffer[], Buffer[]] = [[], []]
      child.stdout.on('data', (piece: Buffer) => out.push(piece))
      child.stderr.on('data', (piece: Buffer) => err.push(piece))
      child.stdin.on('error', () => undefined) // it may end without reading
      child.once('error', reject)
      child.once('close', (code, signal) => {
        clearTimeout(limit)
        if (signal !== null) err.push(Buffer.from(`ended by ${signal} after ${mostRunningMs / 1000} s\n`))
        resolve({ exitCode: code ?? 1, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })
      })
      child.stdin.end(input)
    })
  }

  #spawn(command: string, env: Readonly<Record<string, string>>) {
    const { kubectl, kubeconfig, namespace, home } = this.#parts
    const words = command.match(/(?:'[^']*'|[^\s'])+/g) ?? []
    const args = words.map((word) => word.replaceAll("'", '').replaceAll('{ns}', namespace))
    const at = args.indexOf('--')
    const own = ['--kubeconfig', kubeconfig, '--namespace', namespace]
    const all = at < 0 ? [...args, ...own] : [...args.slice(0, at), ...own, ...args.slice(at)]
    return spawn(kubectl, all, { env: { PATH: process.env.PATH, HOME: home, ...env }, stdio: 'pipe' })
  }
}

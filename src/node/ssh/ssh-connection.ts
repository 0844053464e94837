import { existsSync } from 'node:fs'
import { type ProcessEnd, type ProcessSpec, readableText, runProcess } from '../run-process.ts'
import { type Contact, connectFault, contactText } from './connect-fault.ts'
import { HostFault } from './host-fault.ts'
import { exitArguments, openArguments, runArguments, type SshDestination } from './ssh-arguments.ts'

/** A connection that nothing uses ends after so long, also when this process was killed. */
const idleSeconds = 60
/** Of the steps until a connection stands, each within `connectSeconds`: name and address, greeting, keys and login. */
const connectSteps = 3

interface ConnectionSpec {
  /** For messages. */
  readonly what: string
  readonly program: string
  readonly destination: SshDestination
  readonly bastion?: SshConnection
}

/** One connection to a host that all that runs there shares. It is opened when it is needed, and anew when it has gone. */
export class SshConnection {
  readonly destination: SshDestination
  readonly contact: Contact
  readonly #spec: ConnectionSpec
  readonly #running = new Set<AbortController>()
  #opening: Promise<void> | undefined
  #closed = false

  constructor(spec: ConnectionSpec) {
    const { address, user, port } = spec.destination
    this.#spec = spec
    this.destination = spec.destination
    this.contact = { what: spec.what, address, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
  }

  /** Resolves when the connection stands. @throws HostFault */
  async open(): Promise<void> {
    if (this.#closed) throw this.#left()
    if (this.#opening === undefined && existsSync(this.destination.socket)) return
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    await this.#opening
  }

  /** Runs a command for the user that has logged in. The connection has to be open. @throws HostFault when it takes too long or says too much */
  async run(command: string, spec: Pick<ProcessSpec, 'input' | 'keep' | 'stdoutTo'>, limitSeconds: number): Promise<ProcessEnd> {
    if (this.#closed) throw this.#left()
    return await this.#ssh(runArguments(this.destination, command), spec, limitSeconds)
  }

  /** Ends what runs, and the connection. */
  async close(): Promise<void> {
    this.#closed = true
    for (const running of this.#running) running.abort()
    await this.#opening?.catch(() => {})
    if (existsSync(this.destination.socket)) await this.#ssh(exitArguments(this.destination), {}, 10).catch(() => {})
  }

  async #open(): Promise<void> {
    await this.#spec.bastion?.open()
    if (this.#closed) throw this.#left()
    const limit = this.destination.times.connectSeconds * connectSteps
    const end = await this.#ssh(openArguments(this.destination, idleSeconds), { leavesBehind: true }, limit)
    if (end.exitCode !== 0) throw connectFault(this.contact, readableText(end.stderr.head))
  }

  async #ssh(args: readonly string[], spec: Partial<ProcessSpec>, limitSeconds: number): Promise<ProcessEnd> {
    const ending = new AbortController()
    this.#running.add(ending)
    const timer = setTimeout(() => ending.abort(), limitSeconds * 1_000)
    try {
      const end = await runProcess({
        ...{ program: this.#spec.program, args, env: sshEnvironment(), keep: mostKept, mostBytes, detached: true, signal: ending.signal },
        ...spec,
      })
      if (end.tooMuch) throw this.#fault('TooMuch', `prints more than ${mostBytes / 2 ** 20} MiB, and was cut off: look at what runs there`)
      if (!ending.signal.aborted) return end
      if (this.#closed) throw this.#left()
      throw this.#fault('TooSlow', `has not answered within ${limitSeconds} s: look at its load and at the network between`)
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall?.startsWith('spawn')
        ? new HostFault('BadSetup', `there is no program ${this.#spec.program} on this machine: install OpenSSH's client`)
        : error
    } finally {
      clearTimeout(timer)
      this.#running.delete(ending)
    }
  }

  #left(): HostFault {
    return this.#fault('ConnectionCut', 'was left, as the connection was closed from here')
  }

  #fault(reason: 'TooMuch' | 'TooSlow' | 'ConnectionCut', says: string): HostFault {
    return new HostFault(reason, `${contactText(this.contact)} ${says}`)
  }
}

/** Of what ssh itself says. */
const mostKept = 16_384
const mostBytes = 16 * 2 ** 20

/** What ssh, its agents and the programs that it calls for a proxy need is as it is here; what they print is to be read. */
function sshEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', SSH_ASKPASS_REQUIRE: 'never' }
}

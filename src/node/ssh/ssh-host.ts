import { randomBytes } from 'node:crypto'
import type { HostEntry } from '../../core/inventory/host-entry.ts'
import { type Host, type HostInput, type HostOutput, type HostResult, outputLimit } from '../host.ts'
import { outputFile } from '../output-file.ts'
import { inputStream, type ProcessEnd } from '../run-process.ts'
import { connectFault, contactText, lastLine } from './connect-fault.ts'
import { HostFault } from './host-fault.ts'
import { afterMark, type MarkedOutput, markedOutput, noiseLimit } from './marked-output.ts'
import { loginNotRoot, sudoFault } from './privilege-fault.ts'
import { entryParts } from './ssh-arguments.ts'
import { bootstrap, bootstrapInput, type Privilege, passwordInput } from './ssh-bootstrap.ts'
import type { SshConnection } from './ssh-connection.ts'
import type { SshConnections } from './ssh-connections.ts'

/** A host over SSH. `run` throws `HostFault`, and connects anew when the connection has gone. */
export interface SshHost extends Host {
  /** Ends what runs, and the connection. */
  close(): Promise<void>
}

/** Connects when something is to be run. */
export function sshHost(entry: HostEntry, connections: SshConnections): SshHost {
  const connection = connections.to(`node ${entry.name}`, entryParts(entry), entry.bastion)
  const session = { entry, connection, connections }
  let privilege: Promise<Privilege> | undefined
  const howRoot = () => {
    privilege ??= privilegeOf(session).catch((error: unknown) => {
      privilege = undefined
      throw error
    })
    return privilege
  }
  return {
    name: entry.name,
    async run(script, word, input, output) {
      await connection.open()
      return await runScript(session, await howRoot(), { script, word, ...(input && { input }), ...(output && { output }) })
    },
    close: () => connection.close(),
  }
}

interface Session {
  readonly entry: HostEntry
  readonly connection: SshConnection
  readonly connections: SshConnections
}

interface ScriptRun {
  readonly script: string
  readonly word: string
  readonly input?: HostInput
  readonly output?: HostOutput
}

async function runScript(session: Session, privilege: Privilege, { script, word, input, output }: ScriptRun): Promise<HostResult> {
  const mark = newMark()
  const { connection, connections } = session
  const end = await connection.run(
    bootstrap(privilege, input === undefined ? 'WithAll' : 'WithItsLine'),
    {
      input: bootstrapInput({ mark, privilege, script, word }, input && inputStream(input)),
      keep: outputLimit + noiseLimit,
      ...(output === undefined ? {} : { stdoutTo: [afterMark(mark), ...outputFile(output)] }),
    },
    connections.limitSeconds,
  )
  const said = markedOutput(end, mark)
  if (said.exitCode === undefined) throw notEnded(connection, end, said)
  if (!said.began) throw notRoot(session, privilege, said.stderr)
  const { exitCode, stdout, stderr } = said
  return { exitCode, stdout, stderr }
}

/** How the user is to become root. A password is tried before anything else follows it to sudo. */
async function privilegeOf(session: Session): Promise<Privilege> {
  const { entry, connection, connections } = session
  if (entry.become === 'none') return { kind: 'Root' }
  if (entry.passwordFile === undefined) return { kind: 'Sudo' }
  const password = await connections.password(entry.passwordFile)
  const privilege: Privilege = { kind: 'Sudo', password }
  const mark = newMark()
  const end = await connection.run(
    bootstrap(privilege, 'WithItsLine'),
    { input: passwordInput(mark, password), keep: noiseLimit },
    connections.limitSeconds,
  )
  const said = markedOutput(end, mark)
  if (said.exitCode === undefined) throw notEnded(connection, end, said)
  if (!said.began) throw notRoot(session, privilege, said.stderr)
  return privilege
}

function notRoot({ connection, entry }: Session, { kind }: Privilege, text: string): HostFault {
  return kind === 'Root' ? loginNotRoot(connection.contact) : sudoFault(connection.contact, text, entry.passwordFile)
}

/** The host did not say how the script has ended. */
function notEnded({ contact }: SshConnection, end: ProcessEnd, { began, stderr, stdout }: MarkedOutput): HostFault {
  const who = contactText(contact)
  if (began) {
    return new HostFault(
      'ConnectionCut',
      `the connection to ${who} was cut while something ran there: a step that was started goes on, and is found again`,
    )
  }
  if (end.exitCode === 255) return connectFault(contact, stderr)
  const why = lastLine(stderr) || lastLine(stdout)
  const user = contact.user ?? 'the user'
  return new HostFault(
    'NoShell',
    `${who} lets ${user} in and runs no commands for it${why === '' ? '' : ` (${why})`}: give ${user} a shell there`,
  )
}

/** Nobody can know it beforehand: no output can be taken for the bootstrap's. */
function newMark(): string {
  return randomBytes(16).toString('hex')
}

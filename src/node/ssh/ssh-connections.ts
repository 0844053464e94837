import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { mapBounded } from '../map-bounded.ts'
import { type PasswordFiles, passwordFiles } from './password-file.ts'
import { socketFolder } from './socket-folder.ts'
import { bastionParts, type SshDestination, type SshTimes } from './ssh-arguments.ts'
import { SshConnection } from './ssh-connection.ts'

export interface SshOptions {
  /** File instead of ~/.ssh/config. */
  readonly sshConfig?: string
  /** The program; `ssh` of the PATH. */
  readonly program?: string
  readonly times?: Partial<SshTimes & { readonly limitSeconds: number }>
}

/** Each connection is ended by a process. */
const mostAtATime = 20

/** Most that one script may take, and the rest of what is set by nobody, seconds. */
const usualTimes = { connectSeconds: 10, aliveSeconds: 5, limitSeconds: 600 }

/** What the connections of one run share: a folder for their sockets that is its owner's alone, and the connections to bastions. */
export interface SshConnections {
  readonly limitSeconds: number
  readonly password: PasswordFiles
  /** A connection of its own to a host, through a bastion whose connection is shared. */
  to(name: string, parts: Pick<SshDestination, 'address' | 'user' | 'port'>, bastion?: string): SshConnection
  /** Ends them all. */
  close(): Promise<void>
}

/** Opens nothing yet. */
export function sshConnections({ sshConfig, program = 'ssh', times = {} }: SshOptions = {}): SshConnections {
  const { limitSeconds, ...connectTimes } = { ...usualTimes, ...times }
  const folder = socketFolder()
  const all: SshConnection[] = []
  const bastions = new Map<string, SshConnection>()
  let closed = false
  const added = (what: string, parts: Pick<SshDestination, 'address' | 'user' | 'port'>, bastion?: SshConnection) => {
    const destination: SshDestination = {
      ...parts,
      socket: join(folder, String(all.length)),
      times: connectTimes,
      ...(sshConfig === undefined ? {} : { sshConfig }),
      ...(bastion === undefined ? {} : { bastion: bastion.destination }),
    }
    const connection = new SshConnection({ what, program, destination, ...(bastion === undefined ? {} : { bastion }) })
    all.push(connection)
    // nothing is begun any more
    if (closed) void connection.close()
    return connection
  }
  const bastionOf = (text: string) => {
    const parts = bastionParts(text)
    const found = bastions.get(text) ?? added(`bastion ${parts.address}`, parts)
    bastions.set(text, found)
    return found
  }
  return {
    limitSeconds,
    password: passwordFiles(),
    to: (name, parts, bastion) => added(name, parts, bastion === undefined ? undefined : bastionOf(bastion)),
    async close() {
      closed = true
      // bastions last: the others go through them
      const through = new Set(bastions.values())
      await mapBounded(
        all.filter((connection) => !through.has(connection)),
        mostAtATime,
        (connection) => connection.close(),
      )
      await mapBounded([...through], mostAtATime, (connection) => connection.close())
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

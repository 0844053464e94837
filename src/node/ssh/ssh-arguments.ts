import type { HostEntry } from '../../core/inventory/host-entry.ts'
import { shellQuote } from '../../core/recipe/shell-quote.ts'

/** How long things may take, seconds. */
export interface SshTimes {
  /** Until the host answers. */
  readonly connectSeconds: number
  /** Between two signs of life; three that stay out end the connection. */
  readonly aliveSeconds: number
}

/**
 * What holds whatever ssh_config says: the host's key is checked, nobody is asked, nothing is forwarded to the host or written down about it.
 * The rest (keys, agents, aliases, ciphers) is as the user has set it.
 */
const guards = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'NoHostAuthenticationForLocalhost=no',
  'UpdateHostKeys=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'LogLevel=ERROR',
]

/** Where one connection goes, and the socket through which it is shared. */
export interface SshDestination {
  readonly address: string
  readonly user?: string
  readonly port?: number
  readonly socket: string
  /** File instead of ~/.ssh/config. */
  readonly sshConfig?: string
  readonly times: SshTimes
  /** Through which this one is reached. */
  readonly bastion?: SshDestination
}

/** Opens the connection that the others share, and leaves it in the background until nothing has used it for so long. */
export function openArguments(to: SshDestination, idleSeconds: number): readonly string[] {
  return ['-M', '-N', '-f', '-o', `ControlPersist=${idleSeconds}`, ...connection(to), '--', to.address]
}

/** Runs a command through the connection. */
export function runArguments(to: SshDestination, command: string): readonly string[] {
  return ['-T', '-o', 'ControlMaster=no', ...connection(to), '--', to.address, command]
}

/** Ends the connection. */
export function exitArguments(to: SshDestination): readonly string[] {
  return ['-O', 'exit', ...connection(to), '--', to.address]
}

function connection({ user, port, socket, sshConfig, times, bastion }: SshDestination): readonly string[] {
  const options = [
    ...guards,
    `ConnectTimeout=${times.connectSeconds}`,
    `ServerAliveInterval=${times.aliveSeconds}`,
    'ServerAliveCountMax=3',
    ...(bastion === undefined ? [] : ['ProxyUseFdpass=no', `ProxyCommand=${proxyCommand(bastion)}`]),
  ]
  return [
    ...(sshConfig === undefined ? [] : ['-F', sshConfig]),
    ...options.flatMap((option) => ['-o', option]),
    ...['-S', socket],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
  ]
}

/**
 * ProxyJump would be the same, but takes none of our options along: the bastion's key would be checked as ssh_config likes, and each host would log
 * in there by itself.
 */
function proxyCommand(bastion: SshDestination): string {
  const words = ['-o', 'ControlMaster=no', ...connection(bastion), '--', bastion.address]
  const quoted = words.map((word) => shellQuote(word.replaceAll('%', '%%'))).join(' ')
  return `ssh -W '[%h]:%p' ${quoted}`
}

/** The parts of `[user@]host[:port]`; an IPv6 address with a port stands in brackets. The inventory has checked it. */
export function bastionParts(text: string): Pick<SshDestination, 'address' | 'user' | 'port'> {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[^:]*:[^:]*:.*?))(?::(\d+))?$/.exec(text)
  const [, user, bracketed, plain, port] = match ?? []
  return {
    address: bracketed ?? plain ?? text,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}

/** The host of an entry of the inventory. */
export function entryParts({ address, user, port }: HostEntry): Pick<SshDestination, 'address' | 'user' | 'port'> {
  return { address, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

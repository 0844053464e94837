import { HostFault, type HostFaultReason } from './host-fault.ts'

/** Who was to be reached, for sentences. */
export interface Contact {
  /** `node w1`, or `bastion jump.example.com`. */
  readonly what: string
  readonly address: string
  readonly user?: string
  readonly port?: number
}

interface Finding {
  readonly reason: HostFaultReason
  readonly pattern: RegExp
  /** What comes behind `NAME (ADDRESS) `. */
  readonly says: (contact: Contact, text: string) => string
}

/** What OpenSSH prints in the C locale; the first that is found counts. Source: OpenSSH 7.6 to 10, sshconnect.c, sshconnect2.c, ssh.c, misc.c. */
const findings: readonly Finding[] = [
  {
    reason: 'HostKeyChanged',
    pattern: /REVOKED HOST KEY|is marked as revoked/i,
    says: () => 'shows a host key that is revoked here: do not connect',
  },
  { reason: 'HostKeyChanged', pattern: /HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i, says: changedKey },
  { reason: 'HostKeyUnknown', pattern: /host key verification failed|no .* host key is known/i, says: unknownKey },
  {
    reason: 'PermissionDenied',
    pattern: /permission denied \(|too many authentication failures|no supported authentication methods/i,
    says: deniedUser,
  },
  {
    reason: 'BadSetup',
    pattern:
      /bad configuration option|bad owner or permissions|terminating, \d+ bad|can't open user config file|too long for unix domain socket/i,
    says: (_contact, text) => `cannot be asked, as ssh refuses its own settings (${firstLine(text)}): mend them`,
  },
  {
    reason: 'Unreachable',
    pattern: /could not resolve hostname/i,
    says: () => 'cannot be found by its name: write an address in the inventory that this machine knows',
  },
  {
    reason: 'Unreachable',
    pattern: /connection refused|connect failed/i,
    says: (contact) => `does not take connections on port ${portOf(contact)}: is sshd running there, and is the port right?`,
  },
  {
    reason: 'Unreachable',
    pattern: /administratively prohibited|open failed/i,
    says: () => 'cannot be reached through its bastion, which forwards no connections: set AllowTcpForwarding there',
  },
]

/** The fault behind what ssh has printed when no connection came about. */
export function connectFault(contact: Contact, text: string): HostFault {
  const found = findings.find(({ pattern }) => pattern.test(text))
  const reason = found?.reason ?? 'Unreachable'
  const why = lastLine(text)
  const says = found?.says(contact, text) ?? `cannot be reached${why === '' ? '' : ` (${why})`}: check its address, and the network between`
  return new HostFault(reason, `${contactText(contact)} ${says}`)
}

export function contactText({ what, address }: Contact): string {
  return what.endsWith(` ${address}`) ? what : `${what} (${address})`
}

function changedKey(contact: Contact, text: string): string {
  const file = /Offending .* key in (\S{1,300}:\d+)/.exec(text)?.[1]
  const print = /\b(SHA256:[\w+/=]{20,64})/.exec(text)?.[1]
  const shown = print === undefined ? '' : `, ${print}`
  const where = file === undefined ? '' : ` (${file})`
  return (
    `shows another host key than the one that is known${where}${shown}: somebody may stand in between; if the host was made anew, compare ` +
    `the new key on its console, then ssh-keygen -R ${knownName(contact)} and connect once by hand`
  )
}

function unknownKey(contact: Contact): string {
  const port = contact.port === undefined ? '' : `-p ${contact.port} `
  const user = contact.user === undefined ? '' : `${contact.user}@`
  return `has a host key that is not known here: connect once by hand (ssh ${port}${user}${contact.address}) and compare it with the one on the host's console`
}

function deniedUser({ user }: Contact, text: string): string {
  if (/too many authentication failures/i.test(text))
    return 'takes none of the first keys that were offered: name the right one for it in ssh_config (IdentityFile, IdentitiesOnly yes)'
  const methods = /permission denied \(([\w,-]{1,100})\)/i.exec(text)?.[1]
  const who = user === undefined ? 'this user' : user
  return `does not let ${who} in${methods === undefined ? '' : ` (${methods})`}: put the public key into authorized_keys there, or load the key into the agent here`
}

function knownName({ address, port }: Contact): string {
  return port === undefined || port === 22 ? address : `'[${address}]:${port}'`
}

function portOf({ port }: Contact): string {
  return String(port ?? 22)
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 200) ?? ''
}

/** The last thing that was said, without the name of the program. */
export function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line
    .replace(/^(ssh|sudo): /, '')
    .trim()
    .slice(0, 200)
}

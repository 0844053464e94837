import type { EtcdHostFacts } from './host-facts.ts'

/** How etcd on a host is set, as far as Falkirk needs it. Paths are the host's. */
export interface MemberSettings {
  /** Of the member; the host's where nothing sets it. */
  readonly name: string
  readonly dataDir: string
  /** Where its clients find it, seen from the host itself. */
  readonly endpoint: string
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Bytes; etcd's own where nothing sets it. */
  readonly quotaBytes: number
  /** Names of everything that is set by a flag or in a file: `enable-v2`, `experimental-peer-skip-client-san-verification`. */
  readonly flags: ReadonlyMap<string, string>
  /** The same by the environment. */
  readonly variables: ReadonlyMap<string, string>
}

/** What the inventory says of etcd's clients. Paths are those of the hosts. */
export interface EtcdClientFiles {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** Source: etcd, configuration flags: `--quota-backend-bytes` 0 is 2 GiB. */
const usualQuota = 2 * 2 ** 30

/**
 * Reads how etcd was started. A configuration file has all to say: etcd then reads neither flags nor variables. Source: etcd, configuration options.
 * Without other files its own certificate is the client's, which a member's serves for, too.
 */
export function memberSettings(facts: EtcdHostFacts, client: EtcdClientFiles = {}): MemberSettings {
  const file = new Map(facts.config.map(cutAtBlank))
  const flags = file.size > 0 ? file : flagMap(facts.argument)
  const variables = file.size > 0 ? new Map<string, string>() : new Map(facts.environment.flatMap(variable))
  const of = (name: string, section?: string) =>
    (section === undefined ? undefined : flags.get(`${section}.${name}`)) ?? flags.get(name) ?? variables.get(name) ?? ''
  const tls = (name: string) => of(name, 'client-transport-security')
  const endpoint = endpointOf(of('advertise-client-urls'), of('listen-client-urls'))
  const isTls = endpoint.startsWith('https:')
  const name = of('name') || 'default'
  return {
    name,
    dataDir: of('data-dir') || `${name}.etcd`,
    endpoint,
    ca: isTls ? (client.caFile ?? tls('trusted-ca-file')) : '',
    cert: isTls ? (client.certFile ?? tls('cert-file')) : '',
    key: isTls ? (client.keyFile ?? tls('key-file')) : '',
    quotaBytes: Number(of('quota-backend-bytes')) || usualQuota,
    flags,
    variables,
  }
}

/** The first that clients are told of: its certificate is made for that. */
function endpointOf(advertised: string, listened: string): string {
  const [first = 'http://127.0.0.1:2379'] = [...advertised.split(','), ...listened.split(',')].filter((url) => url !== '')
  return first.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

function cutAtBlank(line: string): [string, string] {
  const at = line.indexOf(' ')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** `--name value`, `--name=value`, `-name=value`; a switch is `true`. */
function flagMap(arguments_: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [index, argument] of arguments_.entries()) {
    const match = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/.exec(argument)
    if (match === null) continue
    const next = arguments_[index + 1]
    found.set(match[1] ?? '', match[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next))
  }
  return found
}

/** `ETCD_DATA_DIR=/x` is what `--data-dir=/x` is. */
function variable(line: string): readonly [string, string][] {
  const match = /^ETCD_([A-Z0-9_]+)=(.*)$/.exec(line)
  return match === null ? [] : [[(match[1] ?? '').toLowerCase().replaceAll('_', '-'), match[2] ?? '']]
}

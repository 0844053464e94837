import { z } from 'zod'
import { dnsSubdomainProblem } from '../kubernetes/dns-name.ts'
import { nearestText } from '../nearest-text.ts'
import { becomes } from './host-entry.ts'

const HostFields = z.strictObject({
  address: z.string().regex(/^(?!-)[\w.:%-]{1,253}$/),
  user: z.string().regex(/^(?!-)[\w.@+\\-]{1,64}$/),
  port: z.int().min(1).max(65_535),
  /** `none`: the host is reached without one, whatever the defaults say. */
  bastion: z.string().regex(/^(?:(?!-)[\w.+\\-]{1,64}@)?(?:(?!-)[\w.%-]{1,253}|\[[\w.:%]{1,100}\])(?::\d{1,5})?$/),
  become: z.enum(becomes),
  passwordFile: z.string().min(1).max(4_000),
})
const Host = HostFields.partial().nullable()
export type InventoryHost = Partial<z.infer<typeof HostFields>>

const hostPath = z.string().regex(/^\/[\w./@+:-]{1,300}$/)
const EtcdClientFields = z.strictObject({
  /** On the hosts of etcd. */
  caFile: hostPath,
  certFile: hostPath,
  keyFile: hostPath,
  /** A user of etcd's own, who may do what `root` may. */
  user: z.string().regex(/^[^\p{C}:]{1,100}$/u),
  /** Of this machine. */
  passwordFile: z.string().min(1).max(4_000),
})
/** How etcdctl logs in where the certificates that members serve with are not enough. */
export type EtcdClient = Partial<z.infer<typeof EtcdClientFields>>

const EtcdSection = z.strictObject({
  hosts: z.record(z.string(), Host).nullable().exactOptional(),
  client: EtcdClientFields.partial().nullable().exactOptional(),
})

const InventoryFile = z.strictObject({
  sshConfig: z.string().min(1).max(4_000).exactOptional(),
  binaries: z
    .string()
    .max(4_000)
    .regex(/^(?!\w+:\/\/)[^\p{C}]+$|^https?:\/\/[^\s@/]+(\/\S*)?$/u)
    .exactOptional(),
  defaults: HostFields.omit({ address: true }).partial().nullable().exactOptional(),
  hosts: z.record(z.string(), Host).nullable().exactOptional(),
  etcd: EtcdSection.nullable().exactOptional(),
})

/** How the hosts of a cluster are reached: what a file says of it. */
export interface Inventory {
  /** File instead of ~/.ssh/config. */
  readonly sshConfig?: string
  /** Where the files of releases are: a folder of this machine or an address, with `{version}`, `{architecture}` and `{file}` or laid out as release sites are. */
  readonly binaries?: string
  readonly defaults: Omit<InventoryHost, 'address'>
  /** By the names of their nodes. */
  readonly hosts: Readonly<Record<string, InventoryHost>>
  /** Of an etcd on hosts of its own, which are no nodes. */
  readonly etcd?: { readonly hosts: Readonly<Record<string, InventoryHost>>; readonly client: EtcdClient }
}

export type ParsedInventory =
  | { readonly kind: 'Inventory'; readonly inventory: Inventory }
  /** One sentence for each host or field, naming it and the fix. */
  | { readonly kind: 'Invalid'; readonly problems: readonly string[] }

/** Reads an inventory that was parsed from YAML. What is not known is not passed over: whoever wrote it expects something of it. */
export function parseInventory(object: unknown): ParsedInventory {
  const parsed = InventoryFile.safeParse(object ?? {})
  if (!parsed.success) return { kind: 'Invalid', problems: sentences(parsed.error, object) }
  const { sshConfig, binaries, defaults, hosts, etcd } = parsed.data
  const inventory: Inventory = {
    ...(sshConfig === undefined ? {} : { sshConfig }),
    ...(binaries === undefined ? {} : { binaries }),
    defaults: defined(defaults),
    hosts: definedHosts(hosts),
    ...(etcd === undefined || etcd === null ? {} : { etcd: { hosts: definedHosts(etcd.hosts), client: defined(etcd.client) } }),
  }
  const problems = [
    ...Object.entries(inventory.hosts).flatMap(([name, host]) => hostProblem(['hosts', name], host) ?? []),
    ...Object.entries(inventory.etcd?.hosts ?? {}).flatMap(([name, host]) => hostProblem(['etcd', 'hosts', name], host) ?? []),
    ...clientProblems(inventory.etcd?.client ?? {}),
  ]
  return problems.length === 0 ? { kind: 'Inventory', inventory } : { kind: 'Invalid', problems }
}

function hostProblem(path: readonly string[], { become, passwordFile }: InventoryHost): string | undefined {
  if (dnsSubdomainProblem(path.at(-1) ?? '') !== undefined) {
    const fix = path[0] === 'etcd' ? 'a host: write it as its DNS name' : 'a node: write it as kubectl get nodes shows it'
    return `${field(path)} is no name of ${fix}`
  }
  if (become === 'none' && passwordFile !== undefined)
    return `${field([...path, 'passwordFile'])} is of no use with become: none: write become: sudo, or remove it`
  return undefined
}

function clientProblems({ certFile, keyFile, user, passwordFile }: EtcdClient): readonly string[] {
  const lonely = (has: string, lacks: string) => `etcd.client.${has} is of no use without etcd.client.${lacks}: write both, or remove it`
  return [
    ...(certFile !== undefined && keyFile === undefined ? [lonely('certFile', 'keyFile')] : []),
    ...(keyFile !== undefined && certFile === undefined ? [lonely('keyFile', 'certFile')] : []),
    ...(user !== undefined && passwordFile === undefined ? [lonely('user', 'passwordFile')] : []),
    ...(passwordFile !== undefined && user === undefined ? [lonely('passwordFile', 'user')] : []),
  ]
}

function definedHosts(hosts: Readonly<Record<string, object | null>> | null | undefined): Readonly<Record<string, InventoryHost>> {
  return Object.fromEntries(Object.entries(hosts ?? {}).map(([name, host]) => [name, defined(host)]))
}

const hints: Readonly<Record<string, string>> = {
  address: 'write a name, an IP address, or a Host of ssh_config',
  user: 'write the name of a user',
  port: 'write a number from 1 to 65535',
  bastion: 'write [user@]host[:port], an IPv6 address in brackets, or none',
  become: 'write none or sudo',
  passwordFile: 'write the path of a file whose first line is the password that sudo asks for',
  sshConfig: 'write the path of a file for ssh -F',
  binaries: 'write a folder of this machine, or an http(s) address without a name and password',
  hosts: 'write the names of nodes, each with its fields',
  defaults: 'write fields of hosts',
  etcd: 'write hosts: and client: below it',
  client: 'write caFile, certFile, keyFile, user or passwordFile',
  caFile: 'write the path of a file on the hosts of etcd',
  certFile: 'write the path of a file on the hosts of etcd',
  keyFile: 'write the path of a file on the hosts of etcd',
}

/** The first thing that is wrong with each host, and with each other field. */
function sentences({ issues }: z.ZodError, object: unknown): readonly string[] {
  const found = new Map<string, string>()
  for (const issue of issues) {
    const place = issue.path.slice(0, issue.path[0] === 'hosts' ? 2 : issue.path[0] === 'etcd' ? 3 : 1).join('.')
    if (!found.has(place)) found.set(place, sentence(issue, object))
  }
  return [...found.values()]
}

function sentence(issue: z.core.$ZodIssue, object: unknown): string {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return unknownField(path, issue.keys[0] ?? '')
  const name = path.at(-1) ?? ''
  const hint = hints[name] ?? 'write fields such as address and user'
  if (path.length === 0) return 'the inventory is no object with fields: write hosts: and below it the names of nodes'
  return `${field(path)} is ${shown(path.reduce<unknown>(member, object))}: ${hint}`
}

function unknownField(path: readonly string[], key: string): string {
  const [of, known] = knownFields(path)
  const near = nearestText(key, known)
  return `${field([...path, key])} is no field that ${of}: ${near === undefined ? `write one of ${known.join(', ')}` : `did you mean ${near}?`}`
}

function knownFields(path: readonly string[]): readonly [string, readonly string[]] {
  switch (path.join('.')) {
    case '':
      return ['inventories know', Object.keys(InventoryFile.shape)]
    case 'etcd':
      return ['etcd has', Object.keys(EtcdSection.shape)]
    case 'etcd.client':
      return ['clients of etcd have', Object.keys(EtcdClientFields.shape)]
    default:
      return ['hosts have', Object.keys(HostFields.shape)]
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function field(path: readonly string[]): string {
  return path.map((part) => (/^[\w.-]{1,253}$/.test(part) ? part : JSON.stringify(part.slice(0, 60)))).join('.')
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return (JSON.stringify(value) ?? 'missing').slice(0, 60)
}

/** Without what YAML leaves open: `w1:` is a host of which nothing is said. */
function defined<T extends object>(value: T | null | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, each]) => each !== undefined)) as never
}

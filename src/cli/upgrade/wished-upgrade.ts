import { parse, YAMLError } from 'yaml'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { dnsSubdomainProblem } from '../../core/kubernetes/dns-name.ts'
import { nearestText } from '../../core/nearest-text.ts'
import { type ClusterUpgrade, parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { parseVersion } from '../../core/version/kubernetes-version.ts'
import { bad, wholeNumber } from '../flag-values.ts'

/** Flags that say what is wanted, of `falkirk upgrade` and `falkirk plan`. */
export interface WishFlags {
  readonly to?: string
  readonly file?: string
  readonly pools?: string
  readonly nodes?: string
  readonly workers?: string
  readonly max?: string
  readonly scope?: string
  readonly stopAfter?: string
  readonly via?: string
  readonly name?: string
  /** A file of release data. */
  readonly releases?: string
}

/** An object to be created, as it is written, and as it is read. */
export interface WishedUpgrade {
  readonly object: {
    readonly apiVersion: string
    readonly kind: string
    readonly metadata: { readonly name: string; readonly [field: string]: unknown }
    readonly spec: Readonly<Record<string, unknown>>
  }
  readonly upgrade: ClusterUpgrade
}

type Spec = Record<string, unknown>
/** Of a file, before it is checked. */
interface Pool {
  readonly name?: unknown
  readonly batches?: object
  readonly [field: string]: unknown
}

const apiVersion = 'falkirk.dev/v1alpha1'
const kind = 'ClusterUpgrade'

/**
 * The object that the flags ask for: that of the file, if there is one, with the flags laid over it.
 * Throws FK_BAD_SETTING, FK_MANIFEST, or FK_UPGRADE_REFUSED with one sentence that names the flag or the field.
 *
 * @param text of the file that `--file` names
 */
export function wishedUpgrade(flags: WishFlags, text: string | undefined): WishedUpgrade {
  const file = text === undefined ? undefined : fileObject(flags.file ?? '', text)
  if (file === undefined && flags.to === undefined)
    throw bad('--to is missing: name the version to go to, such as v1.34.2+k3s1, or a file with -f')
  const spec = wishedSpec(flags, file?.spec ?? {})
  const name = flags.name ?? file?.metadata.name ?? defaultName(String(spec.version ?? ''))
  return readObject({ ...file?.metadata, name }, spec)
}

/** The object of a spec. Throws FK_BAD_SETTING for a name that none can have, or FK_UPGRADE_REFUSED with one sentence that names the field. */
export function readObject(metadata: WishedUpgrade['object']['metadata'], spec: Spec): WishedUpgrade {
  const problem = dnsSubdomainProblem(metadata.name)
  if (problem !== undefined) throw bad(`--name is "${metadata.name}": ${problem}`)
  const object = { apiVersion, kind, metadata, spec }
  const parsed = parseUpgrade(object)
  if (parsed.kind === 'Malformed') throw new FalkirkError('FK_UPGRADE_REFUSED', parsed.message)
  return { object, upgrade: parsed.upgrade }
}

function wishedSpec({ to, pools, nodes, workers, max, scope, stopAfter, via }: WishFlags, file: Spec): Spec {
  if (to !== undefined && parseVersion(to) === undefined) throw bad(`--to is "${to}": write a version such as v1.34.2+k3s1`)
  const chosen = wishedPools(pools, max, file.pools)
  return {
    ...file,
    ...(to === undefined ? {} : { version: to }),
    ...(scope === undefined ? {} : { scope: oneOf('--scope', scope, ['Cluster', 'ControlPlane', 'Pools', 'Hosts']) }),
    ...(stopAfter === undefined ? {} : { stopAfter: oneOf('--stop-after', stopAfter, ['Hop', 'ControlPlane', 'Pool', 'Batch', 'Node']) }),
    ...(workers === undefined ? {} : { workers: oneOf('--workers', workers, ['Lazy', 'EveryHop']) }),
    ...(chosen === undefined ? {} : { pools: chosen }),
    ...(nodes === undefined ? {} : { nodes: wishedNodes(nodes) }),
    ...(via === undefined ? {} : { node: { ...(file.node as object | undefined), via: oneOf('--via', via, ['Job', 'SSH']) } }),
  }
}

/** Kubernetes words begin with a capital letter; whoever types them need not. */
export function oneOf(flag: string, text: string, values: readonly string[]): string {
  const found = values.find((value) => value.toLowerCase() === text.replaceAll('-', '').toLowerCase())
  if (found !== undefined) return found
  const near = nearestText(text, values)
  throw bad(`${flag} is "${text}": write ${values.join(', ')}${near === undefined ? '' : `; is it ${near}?`}`)
}

export function wishedNodes(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => dnsSubdomainProblem(name) !== undefined)
  if (wrong === undefined) return [...new Set(names)]
  throw bad(`--nodes names "${wrong}": write names of nodes with commas between them, such as worker-1,worker-2`)
}

/** Pools of the file by their names, or by a label: `pool=ingress,pool=blue`. */
function wishedPools(text: string | undefined, max: string | undefined, ofFile: unknown): readonly Pool[] | undefined {
  const known = Array.isArray(ofFile) ? (ofFile as (Pool | null)[]).map((pool) => pool ?? {}) : undefined
  const pools = text === undefined ? known : text.split(',').map((item) => poolOf(item.trim(), known ?? []))
  if (max === undefined) return pools
  const most = wholeNumber('--max', max, { least: 1, most: 200 })
  return (pools ?? [{ name: 'workers', nodeSelector: {} }]).map((pool) => ({ ...pool, batches: { ...pool.batches, max: most } }))
}

function poolOf(item: string, known: readonly Pool[]): Pool {
  const [, key, value] = /^([^=]+)=([^=]+)$/.exec(item) ?? []
  if (key !== undefined && value !== undefined) return { name: value, nodeSelector: { matchLabels: { [key]: value } } }
  const found = known.find(({ name }) => name === item)
  if (found !== undefined) return found
  const near = nearestText(
    item,
    known.map(({ name }) => String(name)),
  )
  throw bad(`--pools names "${item}": write pools of the file, or labels such as pool=blue${near === undefined ? '' : `; is it ${near}?`}`)
}

function defaultName(version: string): string {
  return `to-${version
    .replace(/^v/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '')
}

function fileObject(
  file: string,
  text: string,
): { readonly metadata: { readonly name?: string; readonly [field: string]: unknown }; readonly spec: Spec } {
  let read: unknown
  try {
    read = parse(text, { maxAliasCount: 100 })
  } catch (cause) {
    if (cause instanceof YAMLError && cause.code === 'MULTIPLE_DOCS')
      throw new FalkirkError('FK_MANIFEST', `${file} holds more than one document: write one ${kind} of ${apiVersion}`, { cause })
    const message = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause)
    throw new FalkirkError('FK_MANIFEST', `${file} is no YAML: ${message.replace(/:$/, '')}`, { cause })
  }
  const { apiVersion: foundVersion, kind: foundKind, metadata, spec } = (read ?? {}) as Readonly<Record<string, unknown>>
  if (foundKind !== kind || foundVersion !== apiVersion) {
    const found = foundKind === undefined ? 'no object' : `${String(foundVersion)} ${String(foundKind)}`
    throw new FalkirkError('FK_MANIFEST', `${file} holds ${found}: write one ${kind} of ${apiVersion}`)
  }
  const { name, ...more } = fieldsOf(file, 'metadata', metadata)
  if (name !== undefined && name !== null && typeof name !== 'string')
    throw new FalkirkError('FK_MANIFEST', `${file}: metadata.name is ${JSON.stringify(name)}: write it in quotes`)
  return { metadata: { ...more, ...(name && { name }) }, spec: fieldsOf(file, 'spec', spec) }
}

/** What stands below a field of the file; nothing where it is empty. */
function fieldsOf(file: string, field: string, value: unknown): Spec {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Spec
  throw new FalkirkError('FK_MANIFEST', `${file}: ${field} is ${JSON.stringify(value)}: write fields below it`)
}

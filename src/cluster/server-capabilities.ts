import * as z from 'zod'
import { FalkirkError } from '../core/falkirk-error.ts'
import { isForbidden } from './api-error.ts'
import { parseServerVersion, type ServerVersion } from './server-version.ts'
import type { ApiTransport } from './transport.ts'

/** What an API server can be asked for; what it lacks is asked for nowhere. */
export interface ServerCapabilities {
  /** As the server says it, e.g. `v1.20.2+k3s1`. */
  readonly gitVersion: string
  readonly major: number
  readonly minor: number
  /** Of `apiextensions.k8s.io`: `v1` from 1.16; `v1beta1` ended with 1.22. */
  readonly crdVersion: 'v1' | 'v1beta1'
  /** From 1.18, the first release that tracks managed fields for every object. */
  readonly serverSideApply: boolean
  /** From 1.16 (beta, on by default). */
  readonly watchBookmarks: boolean
  /** Of `policy` (PodDisruptionBudget): `v1` from 1.21; `v1beta1` ended with 1.25. */
  readonly policyVersion: 'v1' | 'v1beta1'
  /** Of the Eviction that `pods/eviction` takes: `v1` from 1.22. */
  readonly evictionVersion: 'v1' | 'v1beta1'
  /** Of `coordination.k8s.io`: `v1` from 1.14. */
  readonly leaseVersion: 'v1' | 'v1beta1'
  /** Finished Jobs are deleted after `ttlSecondsAfterFinished`: from 1.21 (beta, on by default). */
  readonly ttlAfterFinished: boolean
  /** Jobs count ready pods in `status.ready`: from 1.24 (beta, on by default). */
  readonly jobReadyCount: boolean
}

const oldestMinor = 14

const groupList = z.object({
  groups: z.array(z.object({ name: z.string(), versions: z.array(z.object({ version: z.string() })).catch([]) })),
})
const resourceList = z.object({
  resources: z.array(z.object({ name: z.string(), group: z.string().optional(), version: z.string().optional() })),
})

/**
 * Asks a server for its version and its API groups (three requests).
 * A discovery document that is forbidden or malformed is replaced by what the version is known to have.
 * Throws FK_SERVER_TOO_OLD below v1.14, and whatever the transport throws.
 * Source: Kubernetes deprecated API migration guide; feature gates reference.
 */
export async function discoverServer(transport: ApiTransport): Promise<ServerCapabilities> {
  const version = parseServerVersion(await transport.json({ method: 'GET', path: '/version' }))
  requireSupported(version)
  const [groups, core] = await Promise.all([readDiscovery(transport, '/apis'), readDiscovery(transport, '/api/v1')])
  return capabilitiesOf(version, servedVersions(groups), evictionVersion(core))
}

/** Capabilities by version number alone, corrected by what discovery has said. */
function capabilitiesOf(version: ServerVersion, served: ServedVersions, eviction: string | undefined): ServerCapabilities {
  const since = (minor: number) => version.major > 1 || version.minor >= minor
  const pick = (group: string, v1Since: number) => newestOf(served.get(group)) ?? (since(v1Since) ? 'v1' : 'v1beta1')
  return {
    ...version,
    crdVersion: pick('apiextensions.k8s.io', 16),
    serverSideApply: since(18),
    watchBookmarks: since(16),
    policyVersion: pick('policy', 21),
    evictionVersion: newestOf(eviction === undefined ? undefined : [eviction]) ?? (since(22) ? 'v1' : 'v1beta1'),
    leaseVersion: pick('coordination.k8s.io', 14),
    ttlAfterFinished: since(21),
    jobReadyCount: since(24),
  }
}

type ServedVersions = ReadonlyMap<string, readonly string[]>

function newestOf(versions: readonly string[] | undefined): 'v1' | 'v1beta1' | undefined {
  if (versions?.includes('v1')) return 'v1'
  return versions?.includes('v1beta1') ? 'v1beta1' : undefined
}

function servedVersions(document: unknown): ServedVersions {
  const parsed = groupList.safeParse(document)
  if (!parsed.success) return new Map()
  return new Map(parsed.data.groups.map((group) => [group.name, group.versions.map((entry) => entry.version)]))
}

function evictionVersion(document: unknown): string | undefined {
  const parsed = resourceList.safeParse(document)
  if (!parsed.success) return undefined
  const eviction = parsed.data.resources.find((resource) => resource.name === 'pods/eviction' && resource.group === 'policy')
  return eviction?.version
}

async function readDiscovery(transport: ApiTransport, path: string): Promise<unknown> {
  try {
    return await transport.json({ method: 'GET', path })
  } catch (error) {
    // Hardened clusters take `system:discovery` away; the version table then has to do.
    if (isForbidden(error)) return undefined
    throw error
  }
}

function requireSupported({ gitVersion, major, minor }: ServerVersion): void {
  if (major > 1 || (major === 1 && minor >= oldestMinor)) return
  throw new FalkirkError(
    'FK_SERVER_TOO_OLD',
    `the API server runs ${gitVersion} and Falkirk needs v1.${oldestMinor} or newer: upgrade it to v1.${oldestMinor} by the means it was installed with, then start Falkirk`,
  )
}

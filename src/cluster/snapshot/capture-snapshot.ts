import { ApiError, isForbidden, isNotFound } from '../api-error.ts'
import { listAll } from '../list-all.ts'
import type { ApiTransport } from '../transport.ts'
import { canonicalJson } from './canonical-json.ts'
import { redactObject } from './redact-object.ts'
import { snapshotFormat } from './snapshot-lines.ts'
import { type SnapshotResource, snapshotResources } from './snapshot-resources.ts'
import { SnapshotWriter } from './snapshot-writer.ts'

export interface CaptureOptions {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Program and version, for the first line. */
  readonly by: string
  readonly signal?: AbortSignal
}

export interface Captured {
  /** Content hash. */
  readonly hash: string
  readonly objects: number
  /** Lists that were refused, as `resource: message`. */
  readonly refused: readonly string[]
}

interface Groups {
  readonly groups?: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[] }[]
}

/**
 * Lists a cluster, page by page, and writes what it finds without secrets. A list that is forbidden or not served is written down as refused.
 * Throws FK_SNAPSHOT for a file that cannot be written, and what the transport throws; then there is no file.
 */
export async function captureSnapshot(transport: ApiTransport, file: string, options: CaptureOptions): Promise<Captured> {
  const at = () => new Date(options.now()).toISOString()
  const { gitVersion = '' } = await transport.json<{ gitVersion?: string }>({ method: 'GET', path: '/version' })
  const discovered = await transport.json<Groups>({ method: 'GET', path: '/apis' })
  const served = new Map((discovered.groups ?? []).map(({ name, versions }) => [name, versions.map(({ version }) => version)]))
  served.set('', ['v1'])
  const writer = new SnapshotWriter(file)
  try {
    await writer.write({ snapshot: snapshotFormat, takenAt: at(), server: gitVersion, by: options.by })
    await writer.write({ fact: { name: 'groups', value: Object.fromEntries(served) } })
    const capture = new Capture(transport, writer, { ...options, at })
    for (const resource of snapshotResources) await capture.list(resource, served.get(resource.group) ?? [])
    return { hash: await writer.finish(), objects: capture.objects, refused: capture.refused }
  } catch (error) {
    await writer.discard()
    throw error
  }
}

class Capture {
  readonly #transport: ApiTransport
  readonly #writer: SnapshotWriter
  readonly #options: CaptureOptions & { readonly at: () => string }
  readonly refused: string[] = []
  objects = 0

  constructor(transport: ApiTransport, writer: SnapshotWriter, options: CaptureOptions & { readonly at: () => string }) {
    this.#transport = transport
    this.#writer = writer
    this.#options = options
  }

  async list(resource: SnapshotResource, served: readonly string[]): Promise<void> {
    const { group, plural, kind, versions } = resource
    const name = group === '' ? plural : `${plural}.${group}`
    const version = versions.find((one) => served.includes(one))
    if (version === undefined)
      return this.#refuse(`${group}/${versions[0]}`, name, {
        status: 404,
        reason: 'NotFound',
        message: 'the server does not serve this API',
      })
    const apiVersion = group === '' ? version : `${group}/${version}`
    const { at, signal } = this.#options
    const began = at()
    const trim = (object: unknown) => this.#lineOf(object as object, apiVersion, resource)
    try {
      const query = { trim, ...(signal === undefined ? {} : { signal }) }
      const { items, resourceVersion } = await listAll<string | undefined>(
        this.#transport,
        { group, version, plural, kind, namespaced: true },
        query,
      )
      const lines = items.filter((line) => line !== undefined)
      await this.#writer.write({ list: { apiVersion, kind, resource: name, resourceVersion, at: began, count: lines.length } })
      for (const line of lines) await this.#writer.writeText(line)
      this.objects += lines.length
    } catch (error) {
      if (!isForbidden(error) && !isNotFound(error) && !(error instanceof ApiError && error.status === 405)) throw error
      await this.#refuse(apiVersion, name, error)
    }
  }

  /** An object as its line; `undefined` for one that is left out. */
  #lineOf(raw: object, apiVersion: string, { kind, only, youngerThanMs }: SnapshotResource): string | undefined {
    const object = { ...raw, apiVersion, kind } as {
      metadata?: { name?: string; namespace?: string }
      lastTimestamp?: string
      eventTime?: string
    }
    const { namespace = '', name = '' } = object.metadata ?? {}
    if (only !== undefined && !only.includes(`${namespace}/${name}`)) return undefined
    if (youngerThanMs !== undefined) {
      const atMs = Date.parse(object.lastTimestamp ?? object.eventTime ?? '')
      if (!(atMs >= this.#options.now() - youngerThanMs)) return undefined
    }
    return canonicalJson({ object: redactObject(object as Readonly<Record<string, unknown>>) })
  }

  async #refuse(
    apiVersion: string,
    resource: string,
    { status, reason, message }: Pick<ApiError, 'status' | 'reason' | 'message'>,
  ): Promise<void> {
    this.refused.push(`${resource}: ${message}`)
    await this.#writer.write({ refused: { apiVersion, resource, status, reason, message } })
  }
}

import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { saidLines } from './said-lines.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const whole = z.int().min(0)

/** What is known of a snapshot: of its file, and of the cluster at its revision. It lies beside the file. */
export const SnapshotFacts = z.strictObject({
  format: z.literal('falkirk.dev/etcd-snapshot/v1'),
  cluster: z.string().regex(/^[0-9a-f]{1,16}$/),
  member: z.string().max(200),
  /** Of the etcd that it was taken from. */
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** RFC 3339. */
  takenAt: z.string().max(40),
  sha256: digest,
  bytes: whole,
  /** As `etcdutl snapshot status` tells them: of the file. */
  revision: whole,
  fileHash: whole,
  /** Live keys at the revision; `etcdutl` counts all revisions of them. */
  keys: whole,
  /** `etcdctl endpoint hashkv` at the revision; comparable where nothing was compacted meanwhile. */
  hashKv: whole,
  compactRevision: z.int().min(-1),
  /** So many keys were read with their values. */
  sample: z.strictObject({ keys: whole, sha256: digest }).exactOptional(),
})
export type SnapshotFacts = z.infer<typeof SnapshotFacts>

/** The part of it that a script tells. */
export type ToldSnapshot = Pick<SnapshotFacts, 'revision' | 'fileHash' | 'keys' | 'hashKv' | 'compactRevision' | 'sample'> & {
  /** Keys of the sample that could not be read. */
  readonly missing: number
  /** Of the scratch etcd. */
  readonly servedRevision?: number
  readonly sha256?: string
  readonly bytes?: number
}

const Told = z.object({
  revision: whole,
  hash: whole,
})

/** Reads what the scripts of `scripts/snapshot-script.ts` tell; undefined when that is something else. */
export function parseToldSnapshot(output: string): ToldSnapshot | undefined {
  const said = saidLines(output)
  const first = (name: string) => said?.get(name)?.[0] ?? ''
  const numberOf = (name: string) => (/^-?\d{1,16}$/.test(first(name)) ? Number(first(name)) : undefined)
  const status = Told.safeParse(jsonOf(first('status')))
  const [keys, hashKv] = [numberOf('keys'), numberOf('hash_kv')]
  if (!status.success || keys === undefined || hashKv === undefined) return undefined
  const [servedRevision, sampleKeys, bytes] = [numberOf('served_revision'), numberOf('sample_keys'), numberOf('bytes')]
  const sampled = digest.safeParse(first('sample_sha256'))
  const whole_ = digest.safeParse(first('sha256'))
  return {
    revision: status.data.revision,
    fileHash: status.data.hash,
    keys,
    hashKv,
    compactRevision: numberOf('compact_revision') ?? -1,
    missing: numberOf('sample_missing') ?? 0,
    ...(sampled.success && sampleKeys !== undefined ? { sample: { keys: sampleKeys, sha256: sampled.data } } : {}),
    ...(servedRevision === undefined ? {} : { servedRevision }),
    ...(whole_.success ? { sha256: whole_.data } : {}),
    ...(bytes === undefined ? {} : { bytes }),
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What differs between what was taken and what came of restoring it: a sentence each; none: it is whole. Without `taken` the restored data are judged by
 * themselves.
 */
export function compareSnapshot(restored: ToldSnapshot, taken?: SnapshotFacts): readonly string[] {
  const unlike = (what: string, was: number | undefined, is: number | undefined) =>
    was === is ? [] : [`the restored etcd has ${what} ${is}, and ${was} was taken`]
  const own = [
    ...(restored.servedRevision === restored.revision
      ? []
      : [`the restored etcd serves revision ${restored.servedRevision}, and the snapshot has ${restored.revision}`]),
    ...(restored.missing === 0
      ? []
      : [`${restored.missing} of ${restored.sample?.keys} sampled keys cannot be read from the restored etcd`]),
  ]
  if (taken === undefined) return own
  const isComparable = taken.compactRevision === restored.compactRevision
  return [
    ...own,
    ...unlike('the revision', taken.revision, restored.revision),
    ...unlike('the hash of its file', taken.fileHash, restored.fileHash),
    ...unlike('the number of keys', taken.keys, restored.keys),
    ...(isComparable ? unlike('the hash of its keys', taken.hashKv, restored.hashKv) : []),
    ...(taken.sample?.sha256 === restored.sample?.sha256 ? [] : ['the sampled keys have other values in the restored etcd']),
  ]
}

/** Reads facts that lie beside a snapshot. */
export function parseSnapshotFacts(text: string): SnapshotFacts | undefined {
  const parsed = SnapshotFacts.safeParse(jsonOf(text))
  return parsed.success ? parsed.data : undefined
}

/** Why a script has failed: its last line. */
export function lastSentence(text: string): string {
  return maskOutput(text).split('\n').at(-1)?.slice(0, 300) ?? ''
}

/** A version of etcd: major, minor, patch. */
export type EtcdVersion = readonly [major: number, minor: number, patch: number]

/** What is known of the etcd of a build: between two versions, both included. Absent bounds are not known. */
export interface EtcdRange {
  readonly atLeast?: EtcdVersion
  readonly atMost?: EtcdVersion
}

const pattern = /^v?(\d{1,3})\.(\d{1,3})\.(\d{1,4})(?:[-+].*)?$/
const minorPattern = /^(\d{1,3})\.(\d{1,3})$/

/** Reads `3.5.26`, `v3.5.26` and image tags such as `3.5.26-0`; undefined for anything else. */
export function parseEtcdVersion(text: string): EtcdVersion | undefined {
  const match = pattern.exec(text)
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])]
}

/** Reads a version (`3.5.26`), or a minor of which the patch is not known (`3.6`); undefined for anything else. */
export function parseEtcdRange(text: string): EtcdRange | undefined {
  const exact = parseEtcdVersion(text)
  if (exact !== undefined) return { atLeast: exact, atMost: exact }
  const match = minorPattern.exec(text)
  if (match === null) return undefined
  const [major, minor] = [Number(match[1]), Number(match[2])]
  return { atLeast: [major, minor, 0], atMost: [major, minor, Number.POSITIVE_INFINITY] }
}

/** Negative when `a` comes first, positive when `b` does, 0 when they are the same. */
export function compareEtcd(a: EtcdVersion, b: EtcdVersion): number {
  // equal parts first: infinite patches have no difference
  for (const index of [0, 1, 2] as const) if (a[index] !== b[index]) return a[index] - b[index]
  return 0
}

/** `3.5.26`; `3.6` where the patch is not known. */
export function etcdText([major, minor, patch]: EtcdVersion): string {
  return Number.isFinite(patch) ? `${major}.${minor}.${patch}` : `${major}.${minor}`
}

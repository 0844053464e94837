/** Sizes and places in a file of bbolt. Source: go.etcd.io/bbolt, page.go, bucket.go, node.go, "version 2"; little-endian, as on each machine that Kubernetes runs on. */
const pageHeader = 16
const leafFlag = 0x02
const branchFlag = 0x01
const bucketFlag = 0x01
const magic = 0xed0cdaed

/** A member as the database itself (the v3 store) has it, which `etcdctl member list` of 3.5 and older does not ask. */
export interface StoredMember {
  readonly id: string
  readonly name: string
  readonly peerUrls: readonly string[]
}

interface Element {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly isBucket: boolean
}

/** Reads so many bytes of the database from a place on; fewer at its end. */
export type ReadBytes = (at: number, length: number) => Uint8Array

/** Most that one page with its overflow may be, bytes: members are few. */
const largestPage = 16 * 2 ** 20

/**
 * The members that a snapshot's v3 store holds: from etcd 3.6 on these count, and one that the old store does not have comes back as a zombie. Undefined: this
 * is no database of etcd. Source: etcd, "Avoiding Zombie Cluster Members When Upgrading to etcd v3.6".
 */
export function storedMembers(read: ReadBytes): readonly StoredMember[] | undefined {
  try {
    const { root, pageSize } = newestMeta(read)
    const page = (number: number) => readPage(read, number * pageSize, pageSize)
    const bucket = elementsOf(page(root), page).find(({ key, isBucket }) => isBucket && text(key) === 'members')
    return bucket === undefined ? [] : inBucket(bucket.value, page).map(({ value }) => memberOf(text(value)))
  } catch {
    // a number that points nowhere: it is damaged, or something else
    return undefined
  }
}

/** Two pages take turns; the later transaction counts. */
function newestMeta(read: ReadBytes): { readonly root: number; readonly pageSize: number } {
  const pageSize = viewOf(read(0, 80)).getUint32(pageHeader + 8, true)
  const metas = [viewOf(read(0, 80)), viewOf(read(pageSize, 80))].filter((meta) => meta.getUint32(pageHeader, true) === magic)
  const [newest] = metas.toSorted((a, b) => unsigned(b, pageHeader + 48) - unsigned(a, pageHeader + 48))
  if (newest === undefined) throw new RangeError('no meta page')
  return { root: unsigned(newest, pageHeader + 16), pageSize }
}

function readPage(read: ReadBytes, at: number, pageSize: number): DataView {
  const length = (viewOf(read(at, pageHeader)).getUint32(12, true) + 1) * pageSize
  if (length > largestPage) throw new RangeError('a page too large')
  return viewOf(read(at, length))
}

/** A small bucket stands as a page within its own value. */
function inBucket(value: Uint8Array, page: (number: number) => DataView): readonly Element[] {
  const root = unsigned(viewOf(value), 0)
  return elementsOf(root === 0 ? viewOf(value.subarray(16)) : page(root), page)
}

function elementsOf(view: DataView, page: (number: number) => DataView): readonly Element[] {
  const flags = view.getUint16(8, true)
  const places = Array.from({ length: view.getUint16(10, true) }, (_, index) => pageHeader + index * 16)
  if ((flags & branchFlag) !== 0) return places.flatMap((place) => elementsOf(page(unsigned(view, place + 8)), page))
  if ((flags & leafFlag) === 0) throw new RangeError('neither branch nor leaf')
  return places.map((place) => {
    const start = place + view.getUint32(place + 4, true)
    const middle = start + view.getUint32(place + 8, true)
    const end = middle + view.getUint32(place + 12, true)
    return { key: bytes(view, start, middle), value: bytes(view, middle, end), isBucket: (view.getUint32(place, true) & bucketFlag) !== 0 }
  })
}

function bytes(view: DataView, from: number, to: number): Uint8Array {
  if (to > view.byteLength) throw new RangeError('behind the end')
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from)
}

function viewOf(read: Uint8Array): DataView {
  return new DataView(read.buffer, read.byteOffset, read.byteLength)
}

function memberOf(json: string): StoredMember {
  const read = JSON.parse(json.replace(/"id":\s*(\d+)/, '"id":"$1"')) as { id: string; name?: string; peerURLs?: string[] }
  return { id: BigInt(read.id).toString(16), name: read.name ?? '', peerUrls: read.peerURLs ?? [] }
}

function unsigned(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

/** What differs between the members that the cluster lists and those that its database holds: a sentence each. */
export function compareStores(
  listed: readonly { readonly id: string; readonly name: string }[],
  stored: readonly StoredMember[] | undefined,
): readonly string[] {
  if (stored === undefined) return ['the snapshot is no database of etcd, or a damaged one']
  const zombies = stored.filter(({ id }) => !listed.some((member) => member.id === id))
  const missing = listed.filter(({ id }) => !stored.some((member) => member.id === id))
  return [
    ...zombies.map(
      ({ id, name }) =>
        `the database holds a member ${id} (${name}) that was removed long ago and comes back with etcd 3.6: bring all members to 3.5.26 or later, which mends it`,
    ),
    ...missing.map(
      ({ id, name }) => `the database does not hold the member ${id} (${name}): bring all members to 3.5.26 or later, which mends it`,
    ),
  ]
}

import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

const blockSize = 512

/**
 * One entry of a tar archive. `path` is relative, `mode` defaults to 0644 (files) and 0755 (directories), owner to root.
 * A file has one of: its `content`, the `source` on disk that is read when the archive is written, or `pieces` of a size known beforehand.
 * @typedef {{ size: number, bytes: () => Iterable<Uint8Array> }} Pieces
 * @typedef {{ kind: 'file', path: string, content?: string | Uint8Array, source?: string, pieces?: Pieces, mode?: number, uid?: number, gid?: number }} FileEntry
 * @typedef {{ kind: 'directory', path: string, mode?: number, uid?: number, gid?: number }} DirectoryEntry
 * @typedef {{ kind: 'symlink', path: string, target: string, uid?: number, gid?: number }} SymlinkEntry
 * @typedef {FileEntry | DirectoryEntry | SymlinkEntry} Entry
 */

/**
 * The bytes of a tar archive, in pieces, so that a large file is held alone. The same entries give the same bytes: entries are sorted,
 * times are 0, and directories that no entry names are made on the way (0755, root). The form is POSIX pax.
 * @param {readonly Entry[]} entries Two entries of one path are an error.
 * @returns {Generator<Uint8Array, void>}
 */
export function* tarArchive(entries) {
  for (const entry of withParents(entries)) {
    const { size, bytes } = entry.kind === 'file' ? filePieces(entry) : { size: 0, bytes: () => [] }
    yield* header(entry, size)
    yield* bytes()
    yield* padding(size)
  }
  yield Buffer.alloc(blockSize * 2)
}

/**
 * @param {readonly Entry[]} entries
 * @returns {Entry[]}
 */
function withParents(entries) {
  /** @type {Map<string, Entry>} */
  const byPath = new Map()
  for (const entry of entries) {
    const path = relativePath(entry.path)
    if (byPath.has(path)) throw new Error(`two entries for ${path} in one archive`)
    byPath.set(path, { ...entry, path })
  }
  for (const path of [...byPath.keys()]) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) {
      const there = byPath.get(parent)
      if (there === undefined) byPath.set(parent, { kind: 'directory', path: parent })
      else if (there.kind !== 'directory') throw new Error(`${path} lies below ${parent}, which is a ${there.kind}`)
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** @param {string} path */
function relativePath(path) {
  const normal = posix.normalize(path).replace(/^\/+/, '').replace(/\/+$/, '')
  if (normal === '' || normal === '.' || normal.startsWith('../') || normal === '..')
    throw new Error(`not a path inside an archive: ${path}`)
  return normal
}

/**
 * @param {FileEntry} entry
 * @returns {Pieces}
 */
function filePieces({ path, content, source, pieces }) {
  if (pieces !== undefined) return pieces
  if (source === undefined && content === undefined) throw new Error(`${path} has no content`)
  const body = source === undefined ? Buffer.from(content ?? '') : readFileSync(source)
  return { size: body.length, bytes: () => [body] }
}

/** @type {Record<Entry['kind'], string>} */
const typeFlags = { file: '0', symlink: '2', directory: '5' }

/**
 * @param {Entry} entry
 * @param {number} size
 * @returns {Generator<Buffer, void>}
 */
function* header(entry, size) {
  const name = entry.kind === 'directory' ? `${entry.path}/` : entry.path
  const link = entry.kind === 'symlink' ? entry.target : ''
  const extended = `${paxRecord('path', name)}${paxRecord('linkpath', link)}`
  if (extended !== '') {
    const body = Buffer.from(extended)
    yield ustarBlock({ name: 'pax-header', mode: 0o644, uid: 0, gid: 0, size: body.length, type: 'x', link: '' })
    yield body
    yield* padding(body.length)
  }
  const mode = entry.kind === 'symlink' ? 0o777 : (entry.mode ?? (entry.kind === 'directory' ? 0o755 : 0o644))
  yield ustarBlock({ name, mode, uid: entry.uid ?? 0, gid: entry.gid ?? 0, size, type: typeFlags[entry.kind], link })
}

/**
 * A pax record where a value is too long for the 100 bytes of the plain header, else nothing.
 * @param {string} key
 * @param {string} value
 */
function paxRecord(key, value) {
  if (Buffer.byteLength(value) <= 100) return ''
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest)
  // The record's length counts its own digits.
  while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest)
  return `${length}${rest}`
}

/**
 * @param {{ name: string, mode: number, uid: number, gid: number, size: number, type: string, link: string }} fields
 * @returns {Buffer}
 */
function ustarBlock({ name, mode, uid, gid, size, type, link }) {
  const block = Buffer.alloc(blockSize)
  Buffer.from(name).copy(block, 0, 0, 100)
  block.write(octal(mode, 8), 100)
  block.write(octal(uid, 8), 108)
  block.write(octal(gid, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  Buffer.from(link).copy(block, 157, 0, 100)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/**
 * @param {number} value
 * @param {number} width
 */
function octal(value, width) {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}

/**
 * @param {number} size
 * @returns {Generator<Buffer, void>}
 */
function* padding(size) {
  const rest = size % blockSize
  if (rest !== 0) yield Buffer.alloc(blockSize - rest)
}

import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Lays the entries of an archive out as a folder, for a Dockerfile's COPY or a chroot. Owners are left as they fall.
 * @param {string} folder Must not hold the same files already.
 * @param {readonly import('./tar.mjs').Entry[]} entries
 */
export function writeTree(folder, entries) {
  for (const entry of entries) {
    const path = join(folder, entry.path)
    mkdirSync(entry.kind === 'directory' ? path : dirname(path), { recursive: true })
    if (entry.kind === 'symlink') symlinkSync(entry.target, path)
    if (entry.kind === 'file') writeFile(path, entry)
    if (entry.kind === 'directory') chmodSync(path, entry.mode ?? 0o755)
  }
}

/**
 * @param {string} path
 * @param {import('./tar.mjs').FileEntry} entry
 */
function writeFile(path, { source, content, mode = 0o644 }) {
  if (source !== undefined) copyFileSync(source, path)
  else writeFileSync(path, content ?? '')
  chmodSync(path, mode)
}

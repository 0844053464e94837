import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** A block device of this machine whose content is a file. */
export interface LoopDisk {
  readonly path: string
  /** As the kernel counts: `7:3`. */
  readonly number: string
  remove(): void
}

const folderName = 'falkirk-loop-disk-'
const run = (program: string, ...words: readonly string[]) => execFileSync(program, words, { encoding: 'utf8' }).trim()

/** Makes one of 1 GiB that takes room only for what is written. What an earlier process has left, killed before it could remove it, goes first. */
export function loopDisk(): LoopDisk {
  for (const line of run('losetup', '-nO', 'NAME,BACK-FILE').split('\n')) {
    const [path = '', file = ''] = line.trim().split(/\s+/)
    if (file.includes(folderName)) run('losetup', '-d', path)
  }
  const folder = mkdtempSync(join(tmpdir(), folderName))
  const file = join(folder, 'disk')
  run('truncate', '-s', '1G', file)
  const path = run('losetup', '-f', '--show', file)
  return {
    path,
    number: run('cat', `/sys/block/${basename(path)}/dev`),
    remove() {
      run('losetup', '-d', path)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

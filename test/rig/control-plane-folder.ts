import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { processStart } from './process-usage.ts'

const prefix = 'falkirk-control-plane-'

/** A new folder of a control plane, with `log` in it. Folders of processes that are gone are taken away. */
export function newControlPlaneFolder(): string {
  for (const name of readdirSync(tmpdir())) if (isAbandoned(name)) remove(join(tmpdir(), name))
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}.${processStart(process.pid)}.`))
  mkdirSync(join(folder, 'log'))
  return folder
}

/** Gives the folder a name under which later runs leave it alone; gives the new path of its logs. */
export function keepFolder(folder: string): string {
  const kept = join(tmpdir(), basename(folder).replace(prefix, 'falkirk-kept-'))
  renameSync(folder, kept)
  return join(kept, 'log')
}

function isAbandoned(name: string): boolean {
  if (!name.startsWith(prefix)) return false
  const [pid, start] = name.slice(prefix.length).split('.')
  return start !== undefined && processStart(Number(pid)) !== start
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // of another user
  }
}

import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const named = /^falkirk-ssh-(\d+)-/

/**
 * A folder for sockets that is its owner's alone. One that was killed could not remove its own, and its `ssh` took the sockets away: what is empty and nobody's is
 * removed by whoever comes next.
 */
export function socketFolder(parent = tmpdir()): string {
  for (const name of readdirSync(parent)) {
    const pid = Number(named.exec(name)?.[1] ?? process.pid)
    if (!isAlive(pid)) removeEmpty(join(parent, name))
  }
  return mkdtempSync(join(parent, `falkirk-ssh-${process.pid}-`))
}

/** A process of another user is alive as well, and may not be asked. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // somebody else's, or not empty: it is left to them
  }
}

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt } from './command.ts'
import { rigCache } from './rig-cache.ts'

/**
 * Where one run of whole hosts keeps what it writes, and the name that all it makes on the machine begins with (network namespaces,
 * links, cgroups). The owner's process id stands in the folder's name, so that what a killed run has left can be told and taken away.
 */
export interface RunFolder {
  /** `fk` and six hexadecimal digits. */
  readonly id: string
  readonly path: string
}

const cgroupRoot = '/sys/fs/cgroup'

/** Makes a new one, after taking away what runs have left whose process is gone. */
export async function newRunFolder(): Promise<RunFolder> {
  const runs = join(rigCache(), 'runs')
  mkdirSync(runs, { recursive: true })
  for (const name of readdirSync(runs)) {
    const [id = '', pid = '', startTime = ''] = name.split('.')
    if (startTimeOf(Number(pid)) !== startTime) await removeRun({ id, path: join(runs, name) })
  }
  const id = `fk${randomBytes(3).toString('hex')}`
  const path = join(runs, `${id}.${process.pid}.${startTimeOf(process.pid)}`)
  mkdirSync(path, { mode: 0o700 })
  return { id, path }
}

/** Ends every process of the run, by id, and removes its namespaces, links, cgroups and folder. Does nothing twice. */
export async function removeRun(run: RunFolder): Promise<void> {
  if (!/^fk[0-9a-f]{6}$/.test(run.id)) return
  await endProcesses(run)
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(run.id)) : []
  if (existsSync(`/sys/class/net/${run.id}`)) await attempt('ip', ['link', 'delete', run.id])
  for (const name of namespaces) await removeNetworkNamespace(name)
  for (const cgroup of cgroupsOf(run)) await removeCgroup(cgroup)
  rmSync(run.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

/** When a process began, in clock ticks since boot: with its id it names one process for good. Undefined when it is gone. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the second field is a name in parentheses that may hold anything
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

async function endProcesses(run: RunFolder): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const pids = cgroupsOf(run).flatMap((cgroup) => processesBelow(cgroup))
    if (pids.length === 0) return
    for (const pid of new Set(pids)) kill(pid)
    await sleep(50)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended of itself
  }
}

/** The run's cgroup in each hierarchy: one on machines with cgroup version 2 alone. */
function cgroupsOf(run: RunFolder): string[] {
  const hierarchies = existsSync(join(cgroupRoot, 'cgroup.controllers')) ? [''] : readdirSync(cgroupRoot)
  return hierarchies.map((hierarchy) => join(cgroupRoot, hierarchy, run.id)).filter((path) => existsSync(path))
}

function processesBelow(cgroup: string): number[] {
  const own = read(join(cgroup, 'cgroup.procs')).split('\n').filter(Boolean).map(Number)
  return [...own, ...childCgroups(cgroup).flatMap((child) => processesBelow(child))]
}

async function removeNetworkNamespace(name: string): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    await attempt('ip', ['netns', 'delete', name])
    if (!existsSync(join('/run/netns', name))) return
    await sleep(50) // what is ending may hold it for a moment
  }
}

async function removeCgroup(cgroup: string): Promise<void> {
  for (const child of childCgroups(cgroup)) await removeCgroup(child)
  for (let round = 0; round < 40; round += 1) {
    try {
      rmdirSync(cgroup)
      return
    } catch {
      await sleep(50) // the kernel is not through with the last process yet
    }
  }
}

function childCgroups(cgroup: string): string[] {
  try {
    return readdirSync(cgroup, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(cgroup, entry.name))
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

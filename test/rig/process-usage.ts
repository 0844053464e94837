import { readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time, its own threads included, ended children not. */
  readonly cpuSeconds: number
  /** Of its children that have ended and were waited for, and of theirs. */
  readonly childrenCpuSeconds: number
  readonly rssMib: number
  readonly peakRssMib: number
}

const ticksPerSecond = 100 // USER_HZ, fixed on Linux whatever the kernel's own rate is

/** When a process began, in clock ticks since boot: with its id it names one process for good. Undefined when there is none. */
export function processStart(pid: number): string | undefined {
  return statFields(pid)?.[19]
}

/** Reads /proc; undefined when there is no such process (any more). */
export function processUsage(pid: number): ProcessUsage | undefined {
  const fields = statFields(pid)
  const status = contents(`/proc/${pid}/status`)
  if (fields === undefined || status === undefined) return undefined
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    childrenCpuSeconds: (Number(fields[13]) + Number(fields[14])) / ticksPerSecond,
    rssMib: kib('VmRSS') / 1024,
    peakRssMib: kib('VmHWM') / 1024,
  }
}

// From the third field on: the second is the name in brackets and may itself hold blanks. utime and stime are fields 14 and 15.
function statFields(pid: number): string[] | undefined {
  const stat = contents(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function contents(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // the process is gone
  }
}

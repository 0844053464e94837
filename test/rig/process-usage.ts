import { readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time, its own threads included, ended children not. */
  readonly cpuSeconds: number
  readonly rssMib: number
  readonly peakRssMib: number
}

const ticksPerSecond = 100 // USER_HZ, fixed on Linux whatever the kernel's own rate is

/** Reads /proc; undefined when there is no such process (any more). */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    // the second field is the name in brackets and may itself hold blanks; utime and stime are fields 14 and 15
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      rssMib: kib('VmRSS') / 1024,
      peakRssMib: kib('VmHWM') / 1024,
    }
  } catch {
    return undefined
  }
}

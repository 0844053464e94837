import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, type CommandOptions, type CommandResult } from './command.ts'
import { logTail, type OwnedProcess, startProcess } from './owned-process.ts'

/** One whole host: systemd as its first process, its own root file system, network address, sshd and containerd. */
export interface RigHost {
  readonly name: string
  readonly address: string
  /** Runs a shell script on the host as root, over SSH. @throws when it fails, with its standard error. */
  run(script: string, options?: Pick<CommandOptions, 'input'>): Promise<string>
  /** The same, but a failure is a result. */
  attempt(script: string, options?: Pick<CommandOptions, 'input'>): Promise<CommandResult>
  /** Where a file that the host has written lies on this machine: it can be read there while the host is down, too. */
  fileOnMachine(path: string): string
  /** Another for every boot. */
  bootId(): Promise<string>
  /** Boots it; resolves when systemd has started all that is to start. */
  boot(): Promise<void>
  /** `reboot` on the host; resolves when it is up again under a new boot ID. */
  restart(): Promise<void>
  /** A power cut: nothing is shut down, what has been written stays. */
  cut(): Promise<void>
}

export interface HostSpec {
  readonly name: string
  readonly address: string
  /** The host's own folder. */
  readonly folder: string
  readonly base: string
  readonly networkNamespace: string
  readonly cgroup: string
  readonly sshConfig: string
}

/** Folders below /var/lib that must not lie on overlayfs. */
const dataFolders = ['containerd', 'kubelet', 'etcd']

const bootWithinMs = 120_000

/** Prepares a host that is not booted yet. Its folder may be given files in `upper/` before the first boot. */
export function makeHost(spec: HostSpec): RigHost {
  for (const part of ['upper', 'work', 'root', ...dataFolders.map((name) => join('data', name))]) {
    mkdirSync(join(spec.folder, part), { recursive: true })
  }
  const log = join(spec.folder, 'power.log')
  let power: OwnedProcess | undefined
  const overSsh = (script: string, options: Pick<CommandOptions, 'input'> = {}) =>
    attempt('ssh', ['-F', spec.sshConfig, spec.name, script], options)
  const run = async (script: string, options?: Pick<CommandOptions, 'input'>) => {
    const result = await overSsh(script, options)
    if (result.exitCode === 0) return result.stdout
    throw new Error(`on ${spec.name}, "${script.slice(0, 200)}" ended with ${result.exitCode}: ${(result.stderr || result.stdout).trim()}`)
  }
  const untilUp = async (bootIdBefore: string) => {
    const deadline = Date.now() + bootWithinMs
    // `is-system-running --wait` returns when systemd has nothing left to start; a unit that failed is for the test to find
    const probe = 'systemctl is-system-running --wait > /dev/null; cat /proc/sys/kernel/random/boot_id'
    while (Date.now() < deadline) {
      const { exitCode, stdout } = await overSsh(probe)
      if (exitCode === 0 && stdout.trim() !== bootIdBefore) return
      if (power?.running !== true) throw new Error(`${spec.name} did not boot:\n${logTail(log)}`)
      await sleep(200)
    }
    throw new Error(`${spec.name} was not up ${bootWithinMs / 1000} s after its boot:\n${logTail(log)}`)
  }
  return {
    name: spec.name,
    address: spec.address,
    run,
    attempt: overSsh,
    fileOnMachine: (path) => fileOnMachine(spec.folder, path),
    bootId: async () => (await run('cat /proc/sys/kernel/random/boot_id')).trim(),
    async boot() {
      const script = join(import.meta.dirname, 'hosts', 'power.sh')
      const command = ['bash', script, spec.folder, spec.base, spec.name, spec.networkNamespace, spec.cgroup] as const
      power = startProcess({ name: spec.name, command, logFile: log })
      await untilUp('')
    },
    async restart() {
      const before = (await run('cat /proc/sys/kernel/random/boot_id')).trim()
      await overSsh('systemctl --no-block reboot') // the connection may end before the answer
      await untilUp(before)
    },
    async cut() {
      await power?.stop('SIGKILL')
      power = undefined
    },
  }
}

/** Writes a file of a host that is not booted. */
export function writeHostFile(folder: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  const file = join(folder, 'upper', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode })
}

function fileOnMachine(folder: string, path: string): string {
  const data = dataFolders.find((name) => path.startsWith(`/var/lib/${name}/`))
  return data === undefined ? join(folder, 'upper', path) : join(folder, 'data', path.slice('/var/lib/'.length))
}

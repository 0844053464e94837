import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { HostEntry } from '../../../src/core/inventory/host-entry.ts'
import { type SshConnections, type SshOptions, sshConnections } from '../../../src/node/ssh/ssh-connections.ts'
import { type SshHost, sshHost } from '../../../src/node/ssh/ssh-host.ts'
import { debianProgram } from '../../rig/debian-program.ts'
import type { RigHost } from '../../rig/rig-host.ts'
import { makeHosts, type RigHosts } from '../../rig/rig-hosts.ts'
import { type Wire, type WireOptions, wireTo } from '../../rig/wire.ts'

/** One whole host with sshd, sudo and users of several kinds. */
export interface SshStage {
  readonly rig: RigHosts
  readonly host: RigHost
  /** For passwords and settings. */
  readonly folder: string
  /** Connections, and a wire to the host; ended with the stage. */
  connections(options?: SshOptions): SshConnections
  wire(options?: WireOptions): Promise<Wire>
  /** A host over connections of its own. */
  over(entry?: Partial<HostEntry>, options?: SshOptions): SshHost
  /** ssh_config of the rig with lines before it. */
  config(name: string, lines: string): string
  down(): Promise<void>
}

export const hostName = 'ssh-1'
export const password = 'correct horse'

/** `ops` becomes root with its password, `free` without, `guest` not at all, `mute` has no shell; `stranger` is not let in. */
const users = `
set -e
for user in ops free guest mute stranger; do useradd -m -s /bin/bash $user; install -d -m 700 -o $user /home/$user/.ssh; done
for user in ops free guest mute; do install -m 600 -o $user /root/.ssh/authorized_keys /home/$user/.ssh/authorized_keys; done
echo 'ops:${password}' | chpasswd
usermod -s /usr/sbin/nologin mute
printf 'ops ALL=(ALL) ALL\\nfree ALL=(ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/test
chmod 440 /etc/sudoers.d/test
printf 'echo welcome\\necho "You have mail" >&2\\numask 077\\nexport LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8\\n' > /home/ops/.bashrc
mount -o remount,noexec /tmp
`

export async function sshStage(): Promise<SshStage> {
  const rig = await makeHosts([hostName])
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-ssh-stage-'))
  const opened: { close(): Promise<void> }[] = []
  const down = async () => {
    for (const each of opened) await each.close()
    await rig.down()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await giveSudo(rig)
    await rig.boot()
    await rig.host(hostName).run(users)
  } catch (error) {
    await down()
    throw error
  }
  const connections = (options: SshOptions = {}) => {
    const all = sshConnections({ sshConfig: rig.sshConfig, ...options })
    opened.push(all)
    return all
  }
  return {
    rig,
    host: rig.host(hostName),
    folder,
    connections,
    async wire(options) {
      const wire = await wireTo(rig.host(hostName).address, options)
      opened.push(wire)
      return wire
    },
    over: (entry = {}, options) => sshHost({ name: 'w1', address: hostName, become: 'none', ...entry }, connections(options)),
    config(name, lines) {
      const file = join(folder, name)
      writeFileSync(file, `${lines}\n${readFileSync(rig.sshConfig, 'utf8')}`)
      return file
    },
    down,
  }
}

/** The base of the hosts has no sudo: as much of Debian's package as runs. */
async function giveSudo(rig: RigHosts): Promise<void> {
  const program = await debianProgram('sudo', 'usr/bin/sudo')
  const root = dirname(dirname(dirname(program)))
  for (const part of ['usr/bin', 'usr/lib', 'usr/libexec', 'etc']) {
    cpSync(join(root, part), join(rig.folderOf(hostName), 'upper', part), { recursive: true, force: true, verbatimSymlinks: true })
  }
}

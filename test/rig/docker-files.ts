import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debianProgram } from './debian-program.ts'
import type { RigHosts } from './rig-hosts.ts'

/** Gives a host, whose base has no docker, as much of Debian's package as runs, before its boot. */
export async function giveDocker(rig: RigHosts, name: string): Promise<void> {
  const docker = dirname(dirname(dirname(await debianProgram('docker.io', 'usr/bin/docker'))))
  const upper = join(rig.folderOf(name), 'upper')
  const options = { recursive: true, verbatimSymlinks: true }
  for (const part of ['usr/bin', 'usr/sbin']) cpSync(join(docker, part), join(upper, part), options)
  cpSync(join(docker, 'lib/systemd'), join(upper, 'usr/lib/systemd'), options)
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const library = await debianProgram('libdevmapper1.02.1', `lib/${architecture}-linux-gnu/libdevmapper.so.1.02.1`)
  cpSync(library, join(upper, `usr/lib/${architecture}-linux-gnu/libdevmapper.so.1.02.1`), options)
}

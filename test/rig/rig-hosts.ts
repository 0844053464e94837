import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import { hostBase } from './host-base.ts'
import { type HostNetwork, makeHostNetwork } from './host-network.ts'
import { makeHost, type RigHost, writeHostFile } from './rig-host.ts'
import { newRunFolder, type RunFolder, removeRun } from './run-folder.ts'

/** Whole hosts on a network of their own, prepared and not booted yet. */
export interface RigHosts {
  readonly run: RunFolder
  readonly network: HostNetwork
  readonly hosts: readonly RigHost[]
  host(name: string): RigHost
  /** For `ssh -F`. */
  readonly sshConfig: string
  /** Folder of one host, to give it files before its boot. */
  folderOf(name: string): string
  boot(): Promise<void>
  /** Power cut for all; everything they have written and all that was made for them goes. */
  down(): Promise<void>
}

const inotifyLimits = { max_user_instances: 8192, max_user_watches: 1_048_576 }

/**
 * Prepares hosts with these names. Needs root, and what `missingRequirements` looks for. Everything goes when it fails. `root` is their root
 * file system, `hostBase()` unless told: several folders with a colon between them lie one upon the other, the uppermost first.
 */
export async function makeHosts(names: readonly string[], root?: string): Promise<RigHosts> {
  const base = root ?? (await hostBase())
  raiseInotifyLimits()
  const run = await newRunFolder()
  try {
    return await assemble(run, base, names)
  } catch (error) {
    await removeRun(run)
    throw error
  }
}

async function assemble(run: RunFolder, base: string, names: readonly string[]): Promise<RigHosts> {
  const network = await makeHostNetwork(run.id)
  const sshConfig = join(run.path, 'ssh_config')
  const identity = join(run.path, 'identity')
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'rig', '-f', identity])
  const folderOf = (name: string) => join(run.path, 'hosts', name)
  const hosts = await Promise.all(
    names.map(async (name, index) => {
      const networkNamespace = await network.connect(index)
      const folder = folderOf(name)
      const host = makeHost({
        name,
        address: network.addressOf(index),
        folder,
        base,
        networkNamespace,
        cgroup: `${run.id}/${index}`,
        sshConfig,
      })
      await giveIdentity(folder, name, `${identity}.pub`)
      return host
    }),
  )
  writeNames(folderOf, network, hosts)
  writeSshConfig({ sshConfig, identity, knownHosts: join(run.path, 'known_hosts') }, hosts, folderOf)
  const host = (name: string) => {
    const found = hosts.find((candidate) => candidate.name === name)
    if (found === undefined) throw new Error(`the rig has no host ${name}; it has ${names.join(', ')}`)
    return found
  }
  return {
    run,
    network,
    hosts,
    host,
    sshConfig,
    folderOf,
    async boot() {
      await Promise.all(hosts.map((one) => one.boot()))
    },
    async down() {
      await Promise.all(hosts.map((one) => one.cut()))
      await removeRun(run)
    },
  }
}

async function giveIdentity(folder: string, name: string, authorizedKey: string): Promise<void> {
  const ssh = join(folder, 'upper', 'etc', 'ssh')
  mkdirSync(ssh, { recursive: true })
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(ssh, 'ssh_host_ed25519_key')])
  mkdirSync(join(folder, 'upper', 'root'), { mode: 0o700 })
  mkdirSync(join(folder, 'upper', 'root', '.ssh'), { mode: 0o700 })
  copyFileSync(authorizedKey, join(folder, 'upper', 'root', '.ssh', 'authorized_keys'))
  writeHostFile(folder, '/etc/hostname', `${name}\n`)
  writeHostFile(
    folder,
    '/etc/machine-id',
    `${(await command('cat', ['/proc/sys/kernel/random/uuid'])).trim().replaceAll('-', '')}\n`,
    0o444,
  )
}

function writeNames(folderOf: (name: string) => string, network: HostNetwork, hosts: readonly RigHost[]): void {
  const lines = ['127.0.0.1 localhost', `${network.gateway} rig`, ...hosts.map((host) => `${host.address} ${host.name}`)]
  for (const host of hosts) writeHostFile(folderOf(host.name), '/etc/hosts', `${lines.join('\n')}\n`)
}

function writeSshConfig(
  files: { sshConfig: string; identity: string; knownHosts: string },
  hosts: readonly RigHost[],
  folderOf: (name: string) => string,
): void {
  const blocks = hosts.map((host) => `Host ${host.name}\n  HostName ${host.address}\n  HostKeyAlias ${host.name}\n`)
  const all = `Host *\n  User root\n  BatchMode yes\n  ConnectTimeout 10\n  ServerAliveInterval 5\n  ServerAliveCountMax 3\n  IdentityFile ${files.identity}\n  IdentitiesOnly yes\n  StrictHostKeyChecking yes\n  UserKnownHostsFile ${files.knownHosts}\n  LogLevel ERROR\n`
  writeFileSync(files.sshConfig, `${blocks.join('')}${all}`)
  const known = hosts.map((host) => {
    const [type, key] = readFileSync(join(folderOf(host.name), 'upper/etc/ssh/ssh_host_ed25519_key.pub'), 'utf8').split(' ')
    return `${host.name} ${type} ${key}\n`
  })
  writeFileSync(files.knownHosts, known.join(''))
}

// All hosts are one user of one kernel; Debian's 128 do not last for two of them.
function raiseInotifyLimits(): void {
  for (const [name, wanted] of Object.entries(inotifyLimits)) {
    const file = `/proc/sys/fs/inotify/${name}`
    if (Number(readFileSync(file, 'utf8')) < wanted) writeFileSync(file, String(wanted))
  }
}

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { x } from 'tinyexec'
import { step } from '../../scripts/progress.mjs'

/** Debian packages that the build of Kubernetes needs. */
export const buildPackages = ['golang-go', 'gcc', 'libc6-dev', 'dpkg-dev', 'rsync', 'jq', 'make', 'git', 'ca-certificates']

/** Debian packages that whole hosts need on the machine that carries them. */
export const hostPackages = ['mmdebstrap', 'iproute2', 'iptables', 'openssh-client', 'openssl', 'apt-utils', 'util-linux', 'procps']

/** What this machine lacks for whole hosts, one short phrase each; empty when the rig can run. Changes nothing on the machine. */
export function missingRequirements(): string[] {
  // without the first three the rest cannot be asked for
  const basics = [...rootMissing(), ...debianMissing(), ...architectureMissing()]
  return basics.length > 0 ? basics : [...overlayMissing(), ...namespacesMissing(), ...cgroupsMissing(), ...packagesMissing()]
}

/**
 * Installs the packages that are not there, with their names and the time taken on stderr. Needs root.
 * @throws when apt cannot install them; the message has apt's own words.
 */
export async function installPackages(names: readonly string[]): Promise<void> {
  const absent = names.filter((name) => !installed(name))
  if (absent.length === 0) return
  await step(`installing Debian packages: ${absent.join(' ')}`, async () => {
    const install = () => x('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...absent], aptEnvironment)
    if ((await install()).exitCode === 0) return
    await x('apt-get', ['update', '-qq'], aptEnvironment)
    const second = await install()
    if (second.exitCode !== 0) throw new Error(`apt-get install ${absent.join(' ')} failed: ${second.stderr.trim()}`)
  })
}

const aptEnvironment = { nodeOptions: { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } }

function rootMissing(): string[] {
  return process.getuid?.() === 0 ? [] : ['root (the rig makes namespaces and mounts)']
}

function debianMissing(): string[] {
  const release = read('/etc/os-release')
  return /^ID=debian$/m.test(release) && /^VERSION_ID="12"$/m.test(release)
    ? []
    : ['Debian 12 (Kubernetes is built from its source package)']
}

function architectureMissing(): string[] {
  return process.arch === 'x64' ? [] : ['an amd64 processor']
}

function overlayMissing(): string[] {
  if (!/\boverlay$/m.test(read('/proc/filesystems'))) spawnSync('modprobe', ['overlay'])
  return /\boverlay$/m.test(read('/proc/filesystems')) ? [] : ['overlayfs in the kernel']
}

function namespacesMissing(): string[] {
  const flags = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--fork']
  return spawnSync('unshare', [...flags, 'true']).status === 0 ? [] : ['the right to make namespaces (CAP_SYS_ADMIN)']
}

function cgroupsMissing(): string[] {
  const mounts = read('/proc/mounts')
  const unified = /^\S+ \/sys\/fs\/cgroup cgroup2 rw/m.test(mounts)
  const split = ['cpu', 'memory', 'pids'].every((controller) => new RegExp(`^\\S+ \\S+ cgroup rw\\S*\\b${controller}\\b`, 'm').test(mounts))
  return unified || split ? [] : ['writable cgroups below /sys/fs/cgroup']
}

function packagesMissing(): string[] {
  const absent = [...buildPackages, ...hostPackages].filter((name) => !installed(name))
  if (absent.every(available)) return []
  spawnSync('apt-get', ['update', '-qq'])
  const unknown = absent.filter((name) => !available(name))
  return unknown.length === 0 ? [] : [`Debian packages that apt does not know: ${unknown.join(' ')}`]
}

function installed(name: string): boolean {
  return /^Status: install ok installed$/m.test(spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' }).stdout)
}

function available(name: string): boolean {
  const policy = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' }).stdout
  return /Candidate: (?!\(none\))/.test(policy)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

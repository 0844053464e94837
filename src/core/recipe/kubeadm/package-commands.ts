import { shownCommand } from './kubeadm-commands.ts'
import type { ProgramSource } from './kubeadm-node.ts'

type Packages = Extract<ProgramSource, { kind: 'Packages' }>

/** The words of `scripts/package-library.ts`, for people: a test holds both together. `plain` is the version without `v`; `aside`: as of `asideOptions`. */
export function packageCommands({ manager, names, held, excludes }: Packages, plain: string, aside: readonly string[] = []) {
  const all = ['kubeadm', ...names]
  const isRpm = manager === 'dnf' || manager === 'yum'
  const quiet = manager === 'zypper' ? ['zypper', '--non-interactive', ...aside] : [manager]
  const exactly = (name: string) => {
    if (manager === 'apt-get') return `${name}=${plain}-*`
    return manager === 'zypper' ? `${name}=${plain}` : `${name}-${plain}-*`
  }
  const option = isRpm ? [...(excludes === '' ? [] : [excludes]), ...aside] : []
  const install = (options: readonly string[], packages: readonly string[]) => {
    const words = manager === 'zypper' ? ['install', '--oldpackage'] : ['install', '-y', ...option]
    return shownCommand(...quiet, ...words, ...options, ...packages.map(exactly))
  }
  const locking = (verb: 'hold' | 'unhold', packages: readonly string[]) => {
    if (!held) return []
    if (manager === 'apt-get') return [shownCommand('apt-mark', verb, ...packages)]
    if (manager === 'zypper') return [shownCommand(...quiet, verb === 'hold' ? 'addlock' : 'removelock', ...packages)]
    return [shownCommand(manager, 'versionlock', verb === 'hold' ? 'add' : 'delete', ...packages)]
  }
  return {
    find: [...refresh(manager, quiet, aside), list(manager, all, option, aside)],
    download: [install(downloadOptions(manager, held), all)],
    change: (packages: readonly string[]) => [...locking('unhold', packages), install([], packages), ...locking('hold', packages)],
    exactly,
  }
}

/** Both plug-in and lock stay: only this once nothing is kept back from being fetched. */
export function downloadOptions(manager: Packages['manager'], held: boolean): readonly string[] {
  if (manager === 'apt-get') return ['--download-only', '--allow-change-held-packages']
  if (manager === 'zypper') return ['--download-only']
  return ['--downloadonly', ...(held ? ['--disableplugin=versionlock'] : [])]
}

/**
 * Options by which repositories, and what is known of them, are those of a folder of the step; apt-get has its own by a file. Packages are kept where
 * the manager looks for them without these options. Source: dnf.conf(5), zypper(8).
 */
export function asideOptions(manager: Packages['manager'], folder: string): readonly string[] {
  if (manager === 'apt-get') return []
  if (manager !== 'zypper') return [`--setopt=reposdir=${folder}/sources`, '--setopt=keepcache=1']
  return ['--reposd-dir', `${folder}/sources`, '--raw-cache-dir', `${folder}/raw`, '--solv-cache-dir', `${folder}/solv`]
}

function refresh(manager: Packages['manager'], quiet: readonly string[], aside: readonly string[]): readonly string[] {
  if (manager === 'apt-get') return ['apt-get update']
  return [manager === 'zypper' ? shownCommand(...quiet, 'refresh') : shownCommand(...quiet, 'makecache', ...aside)]
}

function list(manager: Packages['manager'], names: readonly string[], option: readonly string[], aside: readonly string[]): string {
  if (manager === 'apt-get') return shownCommand('apt-cache', 'madison', ...names)
  if (manager === 'zypper') return shownCommand('zypper', ...aside, 'search', '--details', '--match-exact', '--type', 'package', ...names)
  return shownCommand(manager, 'list', '--showduplicates', ...names, ...option)
}

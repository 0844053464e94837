import type { HostFacts } from '../../host/host-facts.ts'

/** One setting of containerd's file: its table as written in TOML (empty: the top), its key, its value as written in TOML. */
export interface ContainerdSetting {
  readonly table: string
  readonly key: string
  readonly value: string
}

export interface WantedContainerd {
  readonly cgroupDriver: 'systemd' | 'cgroupfs'
  /** Absent: containerd's own. */
  readonly sandboxImage?: string
  /** Where the plugins of the pod network are. */
  readonly cniFolder: string
  readonly cniConfig: string
}

/** Folder of `hosts.toml` files. */
const registryFolder = '/etc/containerd/certs.d'

/**
 * What has to be set in the containerd of a kubelet, in the words of the file's version. Everything else stays as it is. Source: containerd,
 * docs/cri/config.md of 1.6, 1.7 and 2.1; Kubernetes, "Container Runtimes".
 */
export function containerdSettings({ runtime }: Pick<HostFacts, 'runtime'>, wanted: WantedContainerd): readonly ContainerdSetting[] {
  const isThird = configVersion(runtime.config) >= 3
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  const [images, run] = isThird ? ['plugins."io.containerd.cri.v1.images"', 'plugins."io.containerd.cri.v1.runtime"'] : [cri, cri]
  const runc = `${run}.containerd.runtimes.runc`
  const { sandboxImage } = wanted
  const pinned = isThird ? { table: `${images}.pinned_images`, key: 'sandbox' } : { table: images, key: 'sandbox_image' }
  return [
    { table: '', key: 'version', value: isThird ? '3' : '2' },
    ...enabledCri(runtime.config),
    ...(sandboxImage === undefined ? [] : [{ ...pinned, value: quoted(sandboxImage) }]),
    { table: runc, key: 'runtime_type', value: '"io.containerd.runc.v2"' },
    { table: `${runc}.options`, key: 'SystemdCgroup', value: String(wanted.cgroupDriver === 'systemd') },
    { table: `${images}.registry`, key: 'config_path', value: quoted(registryFolder) },
    // 2.1 has a list instead, which holds the usual folders, and takes no other beside it
    ...(isThird ? [] : [{ table: `${run}.cni`, key: 'bin_dir', value: quoted(wanted.cniFolder) }]),
    { table: `${run}.cni`, key: 'conf_dir', value: quoted(wanted.cniConfig) },
  ]
}

/** Why the file cannot be given what a kubelet needs; the step looks once more, when docker has ended. */
export function configProblem(config: readonly string[]): string | undefined {
  if (config.some((line) => /^\s*\[plugins\.["']?cri["']?[\].]/.test(line)))
    return "containerd's file is of version 1: write it anew (containerd config default), and begin again"
  // the empty tables of containerd's own default file go with a folder of registries
  const own = config.find((line) => /^\s*\[plugins\..*\.registry\.(mirrors\.|configs\..*\.tls)/.test(line))
  if (own === undefined) return undefined
  return `containerd's file names registries itself (${own.trim()}), which goes with no folder of them: move them to ${registryFolder}, and begin again`
}

/** docker's packages turn the part off that a kubelet speaks to. */
function enabledCri(config: readonly string[]): readonly ContainerdSetting[] {
  const listed = settingOf(config, 'disabled_plugins')
  if (listed === undefined) return []
  const names = [...listed.matchAll(/["']([^"']+)["']/g)].map((match) => match[1] ?? '')
  const kept = names.filter(
    (name) => name !== 'cri' && !name.startsWith('io.containerd.grpc.v1.cri') && !name.startsWith('io.containerd.cri.v1'),
  )
  if (kept.length === names.length && configVersion(config) >= 2) return []
  return [{ table: '', key: 'disabled_plugins', value: `[${kept.map(fullName).map(quoted).join(', ')}]` }]
}

/** Version 1, which a file has that says none, knows plugins by their last name. */
function fullName(plugin: string): string {
  return ['aufs', 'btrfs', 'devmapper', 'native', 'overlayfs', 'zfs'].includes(plugin) ? `io.containerd.snapshotter.v1.${plugin}` : plugin
}

/** What containerd 2 no longer knows and would silently leave out, so that pods would run otherwise than before. Source: containerd, docs/containerd-2.0.md. */
export function goneInContainerd2(config: readonly string[]): string | undefined {
  const gone: readonly (readonly [key: string, value: RegExp, instead: string])[] = [
    ['systemd_cgroup', /^true$/, 'set SystemdCgroup in the options of the runtime runc'],
    ['runtime_type', /io\.containerd\.(runtime\.v1\.linux|runc\.v1)/, 'set io.containerd.runc.v2'],
    ['snapshotter', /aufs/, 'set overlayfs, on a node without pods'],
  ]
  for (const [key, pattern, instead] of gone) {
    const line = config.find((each) => keyOf(each) === key && pattern.test(valueIn(each)))
    if (line !== undefined) return `containerd 2 has no ${line.trim()}: ${instead}, and begin again`
  }
  return undefined
}

function configVersion(config: readonly string[]): number {
  return Number(settingOf(config, 'version') ?? 0)
}

function settingOf(config: readonly string[], key: string): string | undefined {
  const line = config.find((each) => keyOf(each) === key)
  return line === undefined ? undefined : valueIn(line)
}

function keyOf(line: string): string {
  return (line.split('=')[0] ?? '').replaceAll(/["'\s]/g, '')
}

function valueIn(line: string): string {
  return line.slice(line.indexOf('=') + 1).trim()
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

import { removedFromKubelet } from '../../host/findings/setting-findings.ts'
import { flagsOf } from '../../host/kubelet-settings.ts'
import { imageOptions, kubeadmVerb, planOptions, upgradeOptions } from './kubeadm-commands.ts'
import { imageRepository, imageTag, type KubeadmNode } from './kubeadm-node.ts'
import { downloadOptions } from './package-commands.ts'

/** Seconds in which a kubelet has to be up, and for which it has to stay up under one process. */
const kubeletUpWithin = 300
const kubeletSteady = 10
/** Seconds in which the API server of a node has to serve after it was replaced or started anew. */
const serveWithin = 300

/** Paths are given to scripts as lists with spaces: what has one in its name is left out, and as it is. */
const plainPath = /^\/[\w.@:+/-]{1,250}$/

/** What the scripts of all steps find as variables. `id`: of the change; backups are found by it. */
export function nodeParameters(node: KubeadmNode, id: string): Readonly<Record<string, string>> {
  const { order, target, layout, source, isControlPlane, facts } = node
  const removed = removedSettings(node)
  return {
    node: order.node,
    version: target.text,
    plain: target.text.slice(1),
    minor: String(target.minor),
    running: imageTag(facts, 'kube-apiserver'),
    change: id,
    control_plane: yesNo(isControlPlane),
    stacked_etcd: yesNo(layout.etcd?.kind === 'Stacked'),
    bin_folder: folderOf(layout.binary ?? '/usr/bin/kubelet'),
    ...packageParameters(source),
    ...{ ahead: 'no', aside: 'no', aside_options: '' },
    ...runtimeParameters(node),
    kubeadm: stagedKubeadm(node),
    kubeadm_verb: kubeadmVerb(node),
    options: upgradeOptions(node).join(' '),
    plan_options: planOptions(node).join(' '),
    repository: imageOptions(node).join(' '),
    repository_files: repositoryFiles(node).join(' '),
    files: backedUpFiles(node).join(' '),
    config_maps: yesNo(order.part === 'FirstControlPlane'),
    keeps_etcd: yesNo(order.part === 'FirstControlPlane' && layout.etcd?.kind === 'Stacked'),
    etcd_data: plainPath.test(facts.etcd.dataFolder ?? '') ? (facts.etcd.dataFolder ?? '') : '/var/lib/etcd',
    edits_go: yesNo(order.manifestEdits === 'Drop'),
    flags: removed.flags.join(' '),
    gates: removed.gates.join(' '),
    setting_files: settingFiles(node).join(' '),
    own_api: ownApi(node),
    ready_path: readyPath(node),
    wait_seconds: String(kubeletUpWithin),
    steady_seconds: String(kubeletSteady),
    serve_seconds: String(serveWithin),
  }
}

function packageParameters(source: KubeadmNode['source']): Readonly<Record<string, string>> {
  if (source.kind === 'Files') return { packaged: 'no', manager: '', names: '', held: 'no', excludes: '', unlocked: '' }
  const { manager, names, held, excludes } = source
  const unlocked = downloadOptions(manager, held).includes('--disableplugin=versionlock') ? ' --disableplugin=versionlock' : ''
  return { packaged: 'yes', manager, names: names.join(' '), held: yesNo(held), excludes, unlocked }
}

function runtimeParameters(node: KubeadmNode): Readonly<Record<string, string>> {
  return { runtime: node.layout.runtime?.name === 'docker' ? 'docker' : 'cri', endpoint: endpoint(node), image: workerImage(node) }
}

/** Source: dockershim's own socket; containerd's default. */
export function endpoint({ layout: { runtime } }: KubeadmNode): string {
  if (runtime?.name === 'docker') return '/var/run/dockershim.sock'
  return runtime?.endpoint ?? 'unix:///run/containerd/containerd.sock'
}

/** A worker runs none of the control plane: kube-proxy alone is of the target. Empty on a control plane, which asks kubeadm. */
export function workerImage({ isControlPlane, facts, target }: KubeadmNode): string {
  if (isControlPlane) return ''
  const repository = imageRepository(facts) ?? (target.minor < 25 ? 'k8s.gcr.io' : 'registry.k8s.io')
  return `${repository}/kube-proxy:${target.text}`
}

/** The target's kubeadm before it is installed. */
export function stagedKubeadm({ source, target }: KubeadmNode): string {
  const file = source.kind === 'Files' ? source.files.find(({ name }) => name === 'kubeadm') : undefined
  if (file !== undefined) return `${folderOf(file.path)}/.kubeadm.falkirk-${target.text}`
  return `/var/lib/falkirk/kubeadm/${target.text}/kubeadm`
}

/** Files that name the repository of a minor other than the target's. */
export function repositoryFiles({ facts, target }: KubeadmNode): readonly string[] {
  const files = facts.packages.repositories.filter(({ source }) => {
    const minor = /\/v1\.(\d{1,3})\//.exec(source)?.[1]
    return minor !== undefined && Number(minor) !== target.minor && /kube|k8s/i.test(source)
  })
  return [...new Set(files.map(({ file }) => file))].filter((file) => plainPath.test(file))
}

/** Without the leading slash, as they are kept. */
export function backedUpFiles({ facts, layout }: KubeadmNode): readonly string[] {
  const paths = [
    '/etc/kubernetes',
    facts.kubelet.configPath,
    ...(facts.kubelet.instanceConfig.length > 0 ? ['/var/lib/kubelet/instance-config.yaml'] : []),
    ...facts.kubelet.environment.map(({ path }) => path),
    ...unitFiles(facts),
    ...(layout.owner?.kind === 'Package'
      ? facts.packages.repositories.filter(({ source }) => /kube|k8s/i.test(source)).map(({ file }) => file)
      : []),
  ]
  const kept = paths.filter(
    (path) => path !== undefined && plainPath.test(path) && (path === '/etc/kubernetes' || !path.startsWith('/etc/kubernetes/')),
  )
  return [...new Set(kept)].map((path) => String(path).slice(1))
}

/** Units of the kubelet that are somebody's own; a package replaces its own ones itself. */
function unitFiles({ services }: KubeadmNode['facts']): readonly string[] {
  const kubelet = services.find(({ name }) => name === 'kubelet.service')
  return [kubelet?.file ?? '', ...(kubelet?.dropIns ?? '').split(' ')].filter((path) => path.startsWith('/etc/'))
}

/** Files in which the kubelet's flags and gates stand. */
export function settingFiles({ facts }: KubeadmNode): readonly string[] {
  const files = [...facts.kubelet.environment.map(({ path }) => path), facts.kubelet.configPath ?? '', ...unitFiles(facts)]
  return [...new Set(files)].filter((file) => plainPath.test(file))
}

/** What the kubelet has and the target no longer knows, each once. */
export function removedSettings({ facts, layout, target }: KubeadmNode): {
  readonly flags: readonly string[]
  readonly gates: readonly string[]
} {
  const { flags, gates } = removedFromKubelet({ facts, layout, target, nowMs: facts.epochSeconds * 1_000 })
  const names = (removed: typeof flags) => [...new Set(removed.map(({ name }) => name))].filter((name) => /^[\w-]+$/.test(name)).sort()
  return { flags: names(flags), gates: names(gates) }
}

/** The API server of this node at its own address, which its certificate holds. */
export function ownApi({ facts }: KubeadmNode): string {
  const flags = flagsOf(facts.staticPods.find(({ path }) => path.includes('/kube-apiserver.'))?.arguments ?? [])
  const address = flags.get('advertise-address') ?? '127.0.0.1'
  return `https://${address.includes(':') ? `[${address}]` : address}:${flags.get('secure-port') ?? '6443'}`
}

/** Source: /readyz is there from 1.16 on. */
export function readyPath({ target }: KubeadmNode): string {
  return target.minor < 16 ? '/healthz' : '/readyz'
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no'
}

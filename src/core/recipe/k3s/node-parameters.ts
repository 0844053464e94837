import type { K3sNode } from './k3s-node.ts'

/** Seconds in which a service has to be up: RKE2 pulls the images of its control plane meanwhile. */
export const upWithin = 900
/** Seconds for which it has to stay up, under one process. */
const steady = 10
/** Starts that may end by themselves: a server may have to wait for others. */
const mostStarts = 10

/** What the scripts of all steps find as variables. `change`: backups are found by it. */
export function nodeParameters(node: K3sNode, change: string): Readonly<Record<string, string>> {
  const { order, target, service, binary, program, images } = node
  return {
    distribution: order.distribution,
    unit: service?.unit ?? '',
    role: service?.role ?? 'agent',
    serves: order.part !== 'Worker' && service?.role === 'server' ? 'yes' : 'no',
    binary,
    version: target.text,
    data: dataFolder(node),
    datastore: node.facts.rancher.datastore ?? '',
    change,
    file: program?.name ?? '',
    sha256: program?.sha256 ?? '',
    url: program?.url ?? '',
    packed: isPacked(program?.name ?? '') ? 'yes' : 'no',
    files: backedUpFiles(node).join(' '),
    images: images.map(({ name }) => name).join(' '),
    snapshot: snapshotName(node),
    wait_seconds: String(upWithin),
    // whether hops to come are prepared, while another may be at work
    ahead: 'no',
    steady_seconds: String(steady),
    most_starts: String(mostStarts),
  }
}

export function dataFolder({ order }: K3sNode): string {
  return `/var/lib/rancher/${order.distribution}`
}

/** It becomes part of the names of objects. */
export function snapshotName({ target }: K3sNode): string {
  return `falkirk-before-${target.text.replaceAll('+', '-')}`
}

export function isPacked(file: string): boolean {
  return file.endsWith('.tar.gz')
}

/** Where a file of a release lies beside the one that it replaces, until it does: nobody is to run it. `suffix`: the version, or `previous`. */
export function hiddenPath({ binary }: K3sNode, name: string, suffix: string): string {
  return `${binary.slice(0, binary.lastIndexOf('/'))}/.${name}.falkirk-${suffix}`
}

/** What a release puts beside the binary. Source: archives of rancher/rke2. */
export function broughtNames({ order, program }: K3sNode): readonly string[] {
  return isPacked(program?.name ?? '') ? ['rke2', 'rke2-killall.sh', 'rke2-uninstall.sh'] : [order.distribution]
}

/** Without the leading slash; those that are not there are passed over. */
export function backedUpFiles(node: K3sNode): readonly string[] {
  const { service, order } = node
  const token = service?.role === 'server' ? [`${dataFolder(node)}/server/token`] : []
  return [`/etc/rancher/${order.distribution}`, ...(service?.files ?? []), ...token].map((path) => path.slice(1))
}

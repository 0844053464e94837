import type { HostFacts } from '../host/host-facts.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { k3sNode } from '../recipe/k3s/k3s-node.ts'
import { nodeParameters as k3sParameters } from '../recipe/k3s/node-parameters.ts'
import { k3sLibrary } from '../recipe/k3s/scripts/k3s-library.ts'
import { type KubeadmNode, kubeadmNode } from '../recipe/kubeadm/kubeadm-node.ts'
import { nodeParameters } from '../recipe/kubeadm/node-parameters.ts'
import { kubeadmLibrary } from '../recipe/kubeadm/scripts/kubeadm-library.ts'
import { packageLibrary } from '../recipe/kubeadm/scripts/package-library.ts'
import { library } from '../recipe/scripts/library.ts'
import { shellAssignments } from '../recipe/shell-quote.ts'
import { stateFolder } from '../recipe/step-script.ts'
import { type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { hopNeeds } from './hop-needs.ts'
import { releaseStockScript } from './release-stock-script.ts'
import { stockScript } from './stock-script.ts'

/** What of all hops is on a host already, and what its package indexes say of the rest. */
export interface HostStock {
  /** Versions whose kubeadm is there beside the installed one. */
  readonly kubeadm: ReadonlySet<string>
  /** Images as this kubeadm lists them, by version. */
  readonly listed: ReadonlyMap<string, readonly string[]>
  /** Packages that lie in the manager's cache, `NAME VERSION` without the build, with the bytes of the file. */
  readonly fetched: ReadonlyMap<string, number>
  /** Those that the indexes of the host have, as they are now. */
  readonly offered: ReadonlyMap<string, number>
  /** Images by name, with their bytes as the runtime rounds them. */
  readonly images: ReadonlyMap<string, number>
  /** Files of releases that were brought and are whole, `VERSION NAME`. */
  readonly files: ReadonlyMap<string, { readonly sha256: string; readonly bytes: number }>
}

/** Reads what is there and changes nothing. `orders`: of all hops of one host, as `prepareOrder` makes them; at least one. */
export function stockScriptOf(orders: readonly HostOrder[], facts: HostFacts): string {
  const [order] = orders
  const target = parseVersion(order?.version ?? '')
  if (order === undefined || target === undefined) throw new RangeError('there is no hop to look for')
  const versions = orders.map(({ version }) => version).join(' ')
  if (order.distribution !== 'kubeadm') return releaseScript({ ...order, distribution: order.distribution }, { facts, target, versions })
  const node = kubeadmNode(order, facts, target)
  const parameters = nodeParameters(node, '')
  const values = {
    ...parameters,
    names: `kubeadm ${parameters.names}`.trim(),
    programs: programsOf(node),
    state: stateFolder,
    folder: stateFolder,
    images: [...new Set(orders.flatMap((each) => hopNeeds(each, facts).images))].join(' '),
    versions,
    staged: (parameters.kubeadm ?? '').replaceAll(target.text, 'VERSION'),
  }
  return [shellAssignments(values), library, kubeadmLibrary, packageLibrary, stockScript].join('')
}

function releaseScript(
  order: HostOrder & { readonly distribution: 'k3s' | 'rke2' },
  { facts, target, versions }: { readonly facts: HostFacts; readonly target: KubernetesVersion; readonly versions: string },
): string {
  const node = k3sNode(order, facts, target)
  const images = node.imageNames.join(' ')
  const values = { ...k3sParameters(node, ''), images, versions, state: stateFolder, folder: stateFolder }
  return [shellAssignments(values), library, k3sLibrary, releaseStockScript].join('')
}

/** `NAME:PATH` of programs that no package owns; a path with a space in it is left out. */
function programsOf({ source }: KubeadmNode): string {
  const files = source.kind === 'Files' ? source.files : []
  return files.flatMap(({ name, path }) => (/^\/[\w./@+-]{1,250}$/.test(path) ? [`${name}:${path}`] : [])).join(' ')
}

/** Most lines that are read; a host may say anything. */
const mostLines = 2_000
const sizePattern = /^(\d+(?:\.\d+)?)\s?([kKMGT]?)i?B$/
const powers = { '': 0, k: 1, K: 1, M: 2, G: 3, T: 4 } as const

/** Reads what the script of `stockScriptOf` printed; a line that is something else is passed over. */
export function parseHostStock(output: string): HostStock {
  const lines = output.split('\n').slice(0, mostLines)
  const of = (kind: string) => lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.split(' ').slice(1))
  const versions = of('kubeadm').flatMap(([version = '']) => (isVersion(version) ? [version] : []))
  const images = of('image').flatMap(([name = '', size = '']) => (isImage(name) ? [[name, bytesOf(size)] as const] : []))
  return {
    kubeadm: new Set(versions),
    listed: listedImages(of('list')),
    fetched: packageBytes(of('fetched')),
    offered: packageBytes(of('offered')),
    images: new Map(images),
    files: new Map(of('file').flatMap(fileBytes)),
  }
}

type Words = readonly string[]

function listedImages(lines: readonly Words[]): ReadonlyMap<string, readonly string[]> {
  const listed = new Map<string, readonly string[]>()
  for (const [version = '', image = ''] of lines) {
    if (isVersion(version) && isImage(image)) listed.set(version, [...(listed.get(version) ?? []), image])
  }
  return listed
}

function packageBytes(lines: readonly Words[]): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap(([name = '', version = '', bytes = '']) =>
      isPackage(name, version) ? [[`${name} ${version}`, bytesOf(`${bytes}B`)] as const] : [],
    ),
  )
}

function fileBytes([version = '', name = '', sha256 = '', bytes = '']: Words) {
  const isFile = isVersion(version) && /^[\w.-]{1,100}$/.test(name) && /^[0-9a-f]{64}$/.test(sha256)
  return isFile ? [[`${version} ${name}`, { sha256, bytes: bytesOf(`${bytes}B`) }] as const] : []
}

function isVersion(text: string): boolean {
  return /^v\d{1,3}\.\d{1,3}\.\d{1,3}[\w.+-]{0,50}$/.test(text)
}

function isImage(text: string): boolean {
  return /^[a-z0-9][\w.:/-]{1,250}:[\w.-]{1,128}$/.test(text)
}

function isPackage(name: string, version: string): boolean {
  return /^[a-z0-9-]{1,60}$/.test(name) && /^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(version)
}

/** Nothing when it is no size: it is only shown, and summed up. Source: crictl and docker count in powers of 1000. */
function bytesOf(text: string): number {
  const [, number = '0', unit = ''] = sizePattern.exec(text) ?? []
  return Math.round(Number(number) * 1000 ** powers[unit as keyof typeof powers])
}

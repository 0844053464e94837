import { stringify } from 'yaml'
import { sizeText } from '../../core/host/finding.ts'
import { everything, type HostPreparation, type PreparedHop } from '../../core/prepare/plan-preparation.ts'
import { fitColumns } from '../align-columns.ts'
import { wrapIndented } from '../wrap-text.ts'
import type { LookedHost } from './look-at-hosts.ts'

export interface PrepareList {
  readonly hosts: readonly LookedHost[]
  readonly version: string
}

/** What is needed on each host and what of it is there, then everything once. No line of the table is wider than the columns, but for names of images. */
export function listText(list: PrepareList, format: 'table' | 'json' | 'yaml', columns: number): string {
  if (format === 'table') return table(list, columns).join('\n')
  const data = listData(list)
  return format === 'json' ? JSON.stringify(data, null, 2) : stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd()
}

/** `{version, hosts: [{node, role, hops, …}], everything}`. Fields are added with time; none is renamed or taken away. */
function listData({ hosts, version }: PrepareList): object {
  const seen = preparations(hosts)
  const data = hosts.map((host) => (host.kind === 'Seen' ? host.preparation : { node: host.node.name, problem: host.message, hops: [] }))
  return { version, hosts: data, everything: everything(seen) }
}

function preparations(hosts: readonly LookedHost[]): readonly HostPreparation[] {
  return hosts.flatMap((host) => (host.kind === 'Seen' ? [host.preparation] : []))
}

function table({ hosts }: PrepareList, columns: number): readonly string[] {
  const seen = preparations(hosts)
  const rows = seen.flatMap(({ node, hops }) =>
    hops.map((hop, index) => [index === 0 ? node : '', hop.version, packagesText(hop), imagesText(hop)]),
  )
  const found = rows.length === 0 ? [] : fitColumns([['HOST', 'HOP', 'PACKAGES', 'IMAGES'], ...rows], columns).flat()
  const remarks = hosts.flatMap((host) => remarksOf(host).map((text) => wrapIndented(text, columns, '  ')))
  return [...found, ...section(remarks.flat()), ...section(union(seen, columns))]
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

/** `2 of 3 there, 40 MiB to come`: the size as far as it is known. */
function packagesText({ packages, files, kubeadm }: PreparedHop): string {
  if (packages.length === 0) return files.length === 0 ? '' : `${files.length} files${kubeadm.there ? ', there' : ''}`
  const missing = packages.filter(({ there }) => !there)
  if (missing.length === 0) return kubeadm.there ? `all ${packages.length} there` : `all ${packages.length} there, kubeadm not taken out`
  const size = bytesText(missing)
  return `${packages.length - missing.length} of ${packages.length} there${size === '' ? '' : `, ${size} to come`}`
}

function imagesText({ images, exactImages }: PreparedHop): string {
  const there = images.filter((image) => image.there)
  if (there.length === images.length) return `all ${images.length} there`
  return `${there.length} of ${images.length} there${exactImages ? '' : ' (as known)'}`
}

/** Sum of their sizes; empty where one is not known. */
export function bytesText(needs: readonly { readonly bytes?: number }[]): string {
  const isKnown = needs.every(({ bytes }) => bytes !== undefined)
  return isKnown ? sizeText(needs.reduce((sum, { bytes = 0 }) => sum + bytes, 0) / 1_024) : ''
}

function remarksOf(host: LookedHost): readonly string[] {
  const { name } = host.node
  if (host.kind === 'Failed') return [`✘ ${name}: ${host.message}`]
  const { problem, risk } = host.preparation
  return [...(problem === undefined ? [] : [`✘ ${name}: ${problem}`]), ...(risk === undefined ? [] : [`! ${name}: ${risk}`])]
}

function union(seen: readonly HostPreparation[], columns: number): readonly string[] {
  const { packages, files, images } = everything(seen)
  const part = (title: string, names: readonly string[]) => (names.length === 0 ? [] : [title, ...names.map((name) => `  ${name}`)])
  const isExact = seen.every(({ hops }) => hops.every(({ exactImages }) => exactImages))
  const remark = 'Images of a control plane as kubeadm of these versions is known to pull them; once it is on a host, it is asked itself.'
  return [
    ...part('Packages that are needed:', packages),
    ...part('Programs that are needed:', files),
    ...part('Images that are needed:', images),
    ...(isExact ? [] : section(wrapIndented(remark, columns, ''))),
  ]
}

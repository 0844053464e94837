import { sizeText } from '../../core/host/finding.ts'
import type { FolderNeed } from '../../core/prepare/folder-plan.ts'
import { everything, type HostPreparation, type PreparedHop } from '../../core/prepare/plan-preparation.ts'
import { fitColumns } from '../align-columns.ts'
import { wrapIndented } from '../wrap-text.ts'
import { yamlText } from '../yaml-text.ts'
import type { LookedHost } from './look-at-hosts.ts'

export interface PrepareList {
  readonly hosts: readonly LookedHost[]
  readonly version: string
  /** What is not known of what is needed, one sentence each. */
  readonly problems?: readonly string[]
  /** A folder from which hosts are to be served, and what it has of it. */
  readonly folder?: { readonly path: string; readonly needs: readonly FolderNeed[] }
}

/** What is needed on each host and what of it is there, then everything once. No line of the table is wider than the columns, but for names of images. */
export function listText(list: PrepareList, format: 'table' | 'json' | 'yaml', columns: number): string {
  if (format === 'table') return table(list, columns).join('\n')
  const data = listData(list)
  return format === 'json' ? JSON.stringify(data, null, 2) : yamlText(data).trimEnd()
}

/** `{version, hosts: [{node, role, hops, …}], everything, folder?, problems?}`. Fields are added with time; none is renamed or taken away. */
function listData({ hosts, version, folder, problems = [] }: PrepareList): object {
  const seen = preparations(hosts)
  const data = hosts.map((host) => (host.kind === 'Seen' ? host.preparation : { node: host.node.name, problem: host.message, hops: [] }))
  const more = { ...(folder === undefined ? {} : { folder }), ...(problems.length === 0 ? {} : { problems }) }
  return { version, hosts: data, everything: everything(seen), ...more }
}

function preparations(hosts: readonly LookedHost[]): readonly HostPreparation[] {
  return hosts.flatMap((host) => (host.kind === 'Seen' ? [host.preparation] : []))
}

function table({ hosts, folder, problems = [] }: PrepareList, columns: number): readonly string[] {
  const seen = preparations(hosts)
  const rows = seen.flatMap(({ node, hops }) =>
    hops.map((hop, index) => [index === 0 ? node : '', hop.version, packagesText(hop), imagesText(hop), filesText(hop)]),
  )
  const found = rows.length === 0 ? [] : fitColumns(withoutEmpty([['HOST', 'HOP', 'PACKAGES', 'IMAGES', 'FILES'], ...rows]), columns).flat()
  const remarks = hosts.flatMap((host) => remarksOf(host).map((text) => wrapIndented(text, columns, '  ')))
  const unknown = problems.flatMap((text) => wrapIndented(`✘ ${text}`, columns, '  '))
  return [
    ...found,
    ...section([...remarks.flat(), ...unknown]),
    ...section(folder === undefined ? union(seen, columns) : folderLines(folder)),
  ]
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Columns in which no host has anything are left out. */
function withoutEmpty([head = [], ...rows]: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const isUsed = head.map((_, index) => rows.some((row) => row[index] !== ''))
  return [head, ...rows].map((row) => row.filter((_, index) => isUsed[index]))
}

/** What a folder has to have, a line each. */
function folderLines({ path, needs }: NonNullable<PrepareList['folder']>): readonly string[] {
  if (needs.length === 0) return [`Nothing of ${path} is needed any more.`]
  const width = Math.max(...needs.map(({ file }) => file.length))
  const state = ({ file, found }: FolderNeed) => {
    if (found === undefined) return 'missing'
    const size = sizeText(found.bytes / 1_024)
    return found.name === file ? size : `${found.name}, ${size}`
  }
  return [`Files that are needed in ${path}:`, ...needs.map((need) => `  ${need.file.padEnd(width)}   ${state(need)}`)]
}

/** `2 of 3 there, 40 MiB to come`: the size as far as it is known. */
function partText(needs: PreparedHop['files'] | PreparedHop['packages']): string {
  const missing = needs.filter(({ there }) => !there)
  if (missing.length === 0) return needs.length === 0 ? '' : `all ${needs.length} there`
  const size = bytesText(missing)
  return `${needs.length - missing.length} of ${needs.length} there${size === '' ? '' : `, ${size} to come`}`
}

function filesText({ files }: PreparedHop): string {
  return partText(files)
}

function packagesText({ packages, kubeadm }: PreparedHop): string {
  const isTakenOut = packages.length === 0 || kubeadm?.there !== false || packages.some(({ there }) => !there)
  return `${partText(packages)}${isTakenOut ? '' : ', kubeadm not taken out'}`
}

function imagesText({ images, exactImages }: PreparedHop): string {
  if (images.length === 0) return ''
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
    ...part('Files of releases that are needed:', files),
    ...part('Images that are needed:', images),
    ...(isExact ? [] : section(wrapIndented(remark, columns, ''))),
  ]
}

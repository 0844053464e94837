import { compareText } from '../compare-text.ts'
import type { HostPreparation, PreparedHop } from './plan-preparation.ts'

/** A file of a folder of this machine. */
export interface FolderEntry {
  /** As seen from the folder. */
  readonly name: string
  readonly bytes: number
}

/** A file that hosts need, by the name that it may have, and the one of the folder that fits it. */
export interface FolderNeed {
  readonly file: string
  readonly found?: FolderEntry
}

/** A file that is sent to a host for a hop. */
export interface SentFile extends FolderEntry {
  /** That is in it; absent for packages. */
  readonly image?: string
}

export interface FolderPlan {
  /** What hosts lack, each once; by names. */
  readonly needs: readonly FolderNeed[]
  /** What is sent for each hop of a host, `NODE VERSION`. */
  readonly sent: ReadonlyMap<string, readonly SentFile[]>
}

/** Which files of a folder go to which hosts, and which are missing there. Pure: what is on a host already is asked of nobody. */
export function planFolder(hosts: readonly HostPreparation[], entries: readonly FolderEntry[]): FolderPlan {
  const hops = hosts.flatMap((host) => host.hops.map((hop) => ({ key: `${host.node} ${hop.version}`, hop })))
  const names = [...new Set(hops.flatMap(({ hop }) => neededFiles(hop)))].toSorted(compareText)
  const found = new Map(names.map((file) => [file, fitting(file, entries)] as const))
  const needs = names.map((file): FolderNeed => {
    const entry = found.get(file)
    return entry === undefined ? { file } : { file, found: entry }
  })
  return { needs, sent: new Map(hops.map(({ key, hop }) => [key, sentFiles(hop, entries, found)])) }
}

/** The files of a folder that are missing, in one sentence; undefined when there are none. */
export function folderProblem(folder: string, needs: readonly FolderNeed[]): string | undefined {
  const missing = needs.flatMap(({ file, found }) => (found === undefined ? [file] : []))
  return missing.length === 0
    ? undefined
    : `${folder} lacks ${missing.join(', ')}: bring ${missing.length === 1 ? 'it' : 'them'} there; nothing was copied`
}

/** A hop's packages are kept together: one that is missing on its host has all of them sent, and so has a kubeadm that was not taken out of its own. */
function neededFiles({ packages, images, files, kubeadm }: PreparedHop): readonly string[] {
  const lacking = <T extends { readonly there: boolean }>(needs: readonly T[]) => needs.filter(({ there }) => !there)
  const wholePackages = lacking([...packages, ...(kubeadm === undefined ? [] : [kubeadm])]).length === 0 ? [] : packages
  const released = lacking(files).flatMap(({ file, digests }) => [file, digests])
  return [...wholePackages.map(({ file }) => file), ...lacking(images).map(({ file }) => file), ...released]
}

/** Files of releases go their own way: they have digests of their publisher. */
function sentFiles(
  hop: PreparedHop,
  entries: readonly FolderEntry[],
  found: ReadonlyMap<string, FolderEntry | undefined>,
): readonly SentFile[] {
  const packages = hop.packages.flatMap(({ file }) => found.get(file) ?? [])
  const images = hop.images.flatMap(({ name, file }) => {
    const entry = found.get(file)
    return entry === undefined ? [] : [{ ...entry, image: name }]
  })
  return [...packages, ...(packages.length === 0 ? [] : companions(hop, entries)), ...images]
}

/** The newest file by its version; a pattern has `*` for a part of it. */
function fitting(file: string, entries: readonly FolderEntry[]): FolderEntry | undefined {
  const parts = file.split('*').map((part) => part.replaceAll(/[.+()[\]]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('[\\w.+~]+')}$`)
  return newest(entries.filter(({ name }) => pattern.test(name)))
}

function newest(entries: readonly FolderEntry[]): FolderEntry | undefined {
  return entries.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })).at(-1)
}

/** Packages that those of Kubernetes ask for, of the same repository: of another minor only where its own are older. Source: pkgs.k8s.io. */
function companions({ version, packages }: PreparedHop, entries: readonly FolderEntry[]): readonly FolderEntry[] {
  const ending = /\*(.*)$/.exec(packages[0]?.file ?? '')?.[1] ?? ''
  const minor = Number(/^v1\.(\d+)\./.exec(version)?.[1])
  const of = (name: string, fits: (second: number) => boolean) =>
    newest(
      entries.filter((entry) => {
        const second = new RegExp(`^${name}[_-]\\d+\\.(\\d+)\\.`).exec(entry.name)?.[1]
        return second !== undefined && entry.name.endsWith(ending) && fits(Number(second))
      }),
    )
  return [of('cri-tools', (second) => second <= minor), of('kubernetes-cni', () => true)].flatMap((entry) => entry ?? [])
}

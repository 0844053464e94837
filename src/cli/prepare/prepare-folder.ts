import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileProblem } from '../../cluster/file-problem.ts'
import type { ReleaseFolders } from '../../controller/upgrade/order-files.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { type FolderEntry, type FolderPlan, planFolder } from '../../core/prepare/folder-plan.ts'
import type { HostPreparation } from '../../core/prepare/plan-preparation.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { isImageArchive, readChecksums, releaseTemplate } from '../../core/recipe/release-files.ts'
import { releaseFolder } from '../../node/release-folder.ts'
import { bad } from '../flag-values.ts'

/** A list of digests that a folder may have, as `sha256sum` writes it. */
const digestList = 'SHA256SUMS'

/** Packages and archives of images in a folder of this machine. */
export interface PrepareFolder {
  readonly path: string
  /** What hosts need of it. */
  plan(hosts: readonly HostPreparation[]): Promise<FolderPlan>
  /** An order with the files that are sent for it, by their digests. Throws FK_UPGRADE_REFUSED where one has another than SHA256SUMS says. */
  filled(order: HostOrder, plan: FolderPlan): Promise<HostOrder>
  readonly folders: ReleaseFolders
}

/** Throws FK_BAD_SETTING for a path that is no folder. */
export async function openFolder(path: string): Promise<PrepareFolder> {
  const names = await readdir(path).catch((error: unknown) => {
    throw bad(`--from-folder is "${path}", and it ${fileProblem(error)}: name a folder with packages and archives of images`)
  })
  const flat = releaseFolder(join(path, '{file}'))
  const listed = readChecksums(await readFile(join(path, digestList), 'utf8').catch(() => ''))
  return {
    path,
    plan: async (hosts) => planFolder(hosts, await entriesOf(path, [...names, ...released(hosts)])),
    async filled(order, plan) {
      const files = plan.sent.get(`${order.node} ${order.version}`) ?? []
      const binaries = { ...order.binaries }
      for (const { name } of files) {
        const sha256 = await flat.sha256(join(path, name))
        const should = listed.get(name)
        if (should !== undefined && should !== sha256) throw wrongDigest(join(path, name), sha256, should)
        binaries[name] = { sha256 }
      }
      return files.length === 0 ? order : { ...order, binaries }
    },
    folders: (layout) => {
      const releases = releaseFolder(releaseTemplate(path, layout))
      return { find: (place) => (isLaidFlat(place.file) ? flat : releases).find(place), sha256: (file) => flat.sha256(file) }
    },
  }
}

function isLaidFlat(file: string): boolean {
  return /\.(deb|rpm|tar)$/.test(file) && !isImageArchive(file)
}

/** Files below folders of versions, as releases have them. */
function released(hosts: readonly HostPreparation[]): readonly string[] {
  return hosts.flatMap(({ hops }) => hops.flatMap(({ files }) => files.flatMap(({ file, digests }) => [file, digests])))
}

async function entriesOf(path: string, names: readonly string[]): Promise<readonly FolderEntry[]> {
  const entries = await Promise.all(
    [...new Set(names)].map(async (name) =>
      stat(join(path, name)).then(
        (found) => (found.isFile() ? [{ name, bytes: found.size }] : []),
        () => [],
      ),
    ),
  )
  return entries.flat()
}

function wrongDigest(file: string, is: string, should: string): FalkirkError {
  const message = `${file} has the wrong checksum: sha256 is ${is}, and ${digestList} beside it says ${should}: bring it there again; nothing was copied`
  return new FalkirkError('FK_UPGRADE_REFUSED', message)
}

import type { HostFacts } from '../../core/host/host-facts.ts'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import type { hostRecipe } from '../../core/recipe/host-recipe.ts'
import type { HostRecipe, Recipe } from '../../core/recipe/recipe-step.ts'
import { architectureOf, type ReleasePlace, releaseLayout } from '../../core/recipe/release-files.ts'
import type { ReleaseFolder } from '../../node/release-folder.ts'

/** The folder with releases of a distribution on this machine; undefined: there is none. */
export type ReleaseFolders = (layout: string) => ReleaseFolder | undefined

/** Steps with the files of this machine that they send, by name of the step; or one sentence on why there are none. */
export type FilledRecipe =
  | { readonly kind: 'Recipe'; readonly recipe: Recipe; readonly files: ReadonlyMap<string, string> }
  | Extract<HostRecipe, { kind: 'Refused' }>

/** The steps of an order: what this machine has of its files is sent, the rest is fetched by the host from its address. */
export async function filledRecipe(
  order: HostOrder,
  facts: HostFacts,
  { recipeOf, folders }: { readonly recipeOf: typeof hostRecipe; readonly folders?: ReleaseFolders },
): Promise<FilledRecipe> {
  const own = await filesHere(order, facts, folders)
  const found = recipeOf(withoutUrls(order, own), facts)
  if (found.kind === 'Refused') return found
  const files = new Map<string, string>()
  for (const step of found.recipe.steps) {
    if (step.kind !== 'Put') continue
    const { file = step.name, sha256 } = step.parameters
    const here = own.get(file)
    if (here === undefined) return { kind: 'Refused', message: missing(order, file) }
    const is = await here.folder.sha256(here.path)
    if (is !== sha256)
      return { kind: 'Refused', message: `${here.path} has the wrong checksum: sha256 is ${is} and should be ${sha256}; nothing was sent` }
    files.set(step.name, here.path)
  }
  return { kind: 'Recipe', recipe: found.recipe, files }
}

interface FileHere {
  readonly path: string
  readonly folder: ReleaseFolder
}

async function filesHere(order: HostOrder, facts: HostFacts, folders: ReleaseFolders | undefined): Promise<ReadonlyMap<string, FileHere>> {
  const folder = folders?.(releaseLayout(order.distribution))
  const architecture = architectureOf(facts.os.architecture)
  if (folder === undefined || architecture === undefined) return new Map()
  const found = await Promise.all(
    Object.keys(order.binaries ?? {}).map(async (file) => {
      const place: ReleasePlace = { version: order.version, architecture, file }
      return [file, await folder.find(place)] as const
    }),
  )
  return new Map(found.flatMap(([file, path]) => (path === undefined ? [] : [[file, { path, folder }]])))
}

function withoutUrls(order: HostOrder, own: ReadonlyMap<string, FileHere>): HostOrder {
  if (order.binaries === undefined) return order
  const binaries = Object.entries(order.binaries).map(([name, file]) => [name, own.has(name) ? { sha256: file.sha256 } : file] as const)
  return { ...order, binaries: Object.fromEntries(binaries) }
}

function missing({ node, version }: HostOrder, file: string): string {
  return `${node}: ${file} of ${version} is not on this machine and has no address: name the folder that has it, or an address, as binaries in the inventory; nothing was touched`
}

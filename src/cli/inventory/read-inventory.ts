import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { fileProblem } from '../../cluster/file-problem.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { type Inventory, parseInventory } from '../../core/inventory/inventory.ts'
import { isAddress } from '../../core/recipe/release-files.ts'

/** 5,000 hosts have a tenth of this. */
const longestFile = 4 * 2 ** 20

/** An inventory that says nothing: hosts are where the cluster says, and reached as ssh_config says. */
const emptyInventory: Inventory = { defaults: {}, hosts: {} }

/** Reads an inventory; paths in it are as seen from its folder. Throws FK_INVENTORY: one sentence a line, with the field and the fix. */
export async function readInventory(file: string | undefined): Promise<Inventory> {
  if (file === undefined) return emptyInventory
  const parsed = parseInventory(objectOf(await textOf(file), file))
  if (parsed.kind === 'Invalid') throw inventoryError(file, parsed.problems)
  const { sshConfig, binaries, defaults, hosts, etcd } = parsed.inventory
  const folder = dirname(file)
  return {
    ...(sshConfig === undefined ? {} : { sshConfig: resolve(folder, sshConfig) }),
    ...(binaries === undefined ? {} : { binaries: isAddress(binaries) ? binaries : resolve(folder, binaries) }),
    defaults: withPaths(defaults, folder),
    hosts: hostsWithPaths(hosts, folder),
    ...(etcd === undefined ? {} : { etcd: { hosts: hostsWithPaths(etcd.hosts, folder), client: withPaths(etcd.client, folder) } }),
  }
}

/** What is wrong with an inventory, a sentence a line. */
export function inventoryError(file: string | undefined, problems: readonly string[], cause?: unknown): FalkirkError {
  const where = file === undefined ? '' : `${file}: `
  const [first = ''] = problems
  const text =
    problems.length === 1
      ? `${where}${first}`
      : `${where}${problems.length} things are wrong\n${problems.map((each) => `  ${each}`).join('\n')}`
  return new FalkirkError('FK_INVENTORY', text, { cause })
}

function hostsWithPaths(hosts: Inventory['hosts'], folder: string): Inventory['hosts'] {
  return Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, withPaths(host, folder)]))
}

function withPaths<T extends { readonly passwordFile?: string }>(host: T, folder: string): T {
  return host.passwordFile === undefined ? host : { ...host, passwordFile: resolve(folder, host.passwordFile) }
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > longestFile) throw inventoryError(file, ['it is larger than 4 MiB: it holds something else than an inventory'])
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof FalkirkError) throw error
    throw inventoryError(undefined, [`the inventory ${file} ${fileProblem(error)}`], error)
  }
}

function objectOf(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined)
    throw inventoryError(file, [`line ${error.linePos?.[0].line ?? 1}: ${yamlProblem(error.code, error.message)}`], error)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw inventoryError(file, ['it refers too often to what is written once'], cause)
  }
}

function yamlProblem(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'a name stands there twice: each node has one entry'
  if (code === 'MULTIPLE_DOCS') return 'another document begins: an inventory is one'
  return `it is no YAML: ${message.split('\n')[0]?.replace(/ at line .*$/, '')}`
}

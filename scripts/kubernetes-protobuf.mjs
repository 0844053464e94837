import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { root } from './paths.mjs'
import { messagesIn, numberTable } from './proto-messages.mjs'
import { capture, program } from './run.mjs'

const file = join(root, 'src/twin/api/protobuf/field-numbers.json')

/**
 * Rewrites the table of the field numbers of Kubernetes' built-in kinds.
 *
 *   node scripts/kubernetes-protobuf.mjs FOLDER…
 *
 * Each FOLDER holds `generated.proto` files anywhere below it, as Debian's golang-k8s-*-dev packages and its kubernetes source package lay
 * them out. Numbers never change and are never used again, so that the sources of several minors make one table.
 */
await program(async () => {
  await bootstrap()
  const { fieldLines } = /** @type {{ fieldLines: Record<string, string[]> }} */ (
    /** @type {unknown} */ (await loadTypeScript('src/twin/schema/fields/kubernetes-tables.ts'))
  )
  const messages = messagesIn(process.argv.slice(2))
  if (messages.size === 0) throw new Error('name at least one folder with generated.proto files')
  const table = numberTable(fieldLines, messages)
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`)
  process.stdout.write(`${relative(root, file)}: ${Object.keys(table).length} types\n`)
  const format = await capture(join(root, 'node_modules/.bin/biome'), ['format', '--write', file])
  if (format.code !== 0) throw new Error(format.output)
  return 0
})

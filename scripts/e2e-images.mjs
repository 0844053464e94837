import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { root } from './paths.mjs'
import { program } from './run.mjs'

/** Writes the images that the end-to-end tests need on a cluster of somebody else's, as OCI archives: into `dist/e2e-images`, or `--out FOLDER`. */
await program(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  await bootstrap()
  await build()
  const { writeNeededImages } = await loadTypeScript('test/e2e/hosts/image-set.ts')
  const write = /** @type {(folder: string) => Promise<{ ref: string, out: string }[]>} */ (writeNeededImages)
  for (const { ref, out } of await write(resolve(values.out ?? `${root}/dist/e2e-images`))) process.stdout.write(`${ref}\t${out}\n`)
})

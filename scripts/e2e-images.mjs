import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { writeImage } from './image.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { root } from './paths.mjs'
import { program } from './run.mjs'

/**
 * Writes the images that the end-to-end tests need, Falkirk's own among them, as OCI archives into a folder (dist/e2e-images, or the one
 * given): for a cluster that somebody else runs and FALKIRK_E2E_KUBECONFIG names. Its nodes must find them under the names printed.
 */
await program(async () => {
  const folder = resolve(process.argv[2] ?? join(root, 'dist/e2e-images'))
  await bootstrap()
  await build()
  const { rigImages } = await loadTypeScript('test/rig/images/rig-images.ts')
  const images = await /** @type {() => Promise<{ ref: string, archive: string }[]>} */ (rigImages)()
  mkdirSync(folder, { recursive: true })
  for (const { ref, archive } of images) {
    copyFileSync(archive, join(folder, basename(archive)))
    process.stdout.write(`${ref}\t${join(folder, basename(archive))}\n`)
  }
  const { ref, out } = await writeImage({ out: join(folder, 'falkirk_dev.tar') })
  process.stdout.write(`${ref}\t${out}\n`)
})

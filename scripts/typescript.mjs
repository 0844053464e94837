import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'

/**
 * Imports a TypeScript file of the repository, which Node 20 cannot do of itself: the file and all it imports from the repository become
 * one bundle below `node_modules/.cache`. `import.meta.dirname` and `import.meta.url` stay those of each source file.
 * @param {string} file Path relative to the repository.
 * @returns {Promise<any>} the module
 */
export async function importTypeScript(file) {
  const esbuild = await import('esbuild')
  const outfile = join(root, 'node_modules/.cache/falkirk', `${file.replaceAll(/[^a-z0-9]+/gi, '-')}-${process.pid}.mjs`)
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [ownPlaces],
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile, { force: true })
  }
}

/** @type {import('esbuild').Plugin} */
const ownPlaces = {
  name: 'own-places',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }))
  },
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [file] = process.argv.splice(2, 1)
  if (file === undefined) throw new Error('usage: node scripts/typescript.mjs FILE [ARGUMENT...]')
  await importTypeScript(resolve(file).slice(root.length + 1))
}

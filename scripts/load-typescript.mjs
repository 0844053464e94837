import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'

/**
 * Loads a TypeScript module of this repository (Node 20 cannot by itself): bundles it, with npm packages left outside, and imports it.
 * `import.meta.url` keeps naming the source file, so that code finds the files beside it.
 * @param {string} file Relative to the repository.
 * @returns {Promise<Record<string, unknown>>} its exports
 */
export async function loadTypeScript(file) {
  const esbuild = await import('esbuild')
  // Below node_modules, because that is where Node looks for the packages that the bundle names.
  const folder = mkdtempSync(join(root, 'node_modules/.falkirk-'))
  try {
    const outfile = join(folder, 'bundle.mjs')
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: [file],
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'warning',
      plugins: [
        { name: 'scripts', setup: leaveScripts },
        { name: 'import-meta', setup: keepImportMeta },
      ],
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Plain JavaScript needs no bundling, and is imported from where it lies.
 * @param {import('esbuild').PluginBuild} build
 */
function leaveScripts(build) {
  build.onResolve({ filter: /^\..*\.mjs$/ }, ({ path, resolveDir }) => ({
    path: pathToFileURL(join(resolveDir, path)).href,
    external: true,
  }))
}

/** @param {import('esbuild').PluginBuild} build */
function keepImportMeta(build) {
  build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const source = readFileSync(path, 'utf8')
    if (!source.includes('import.meta')) return undefined
    const contents = source
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(join(path, '..')))
      .replaceAll('import.meta.filename', JSON.stringify(path))
    return { contents, loader: 'ts' }
  })
}

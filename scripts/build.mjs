import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { bootstrap } from './bootstrap.mjs'
import { licenceTexts } from './licences.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { root } from './paths.mjs'
import { step } from './progress.mjs'
import { capture, program } from './run.mjs'

/** Where the shipped program is written. */
export const programFile = join(root, 'dist/falkirk.js')

/** Files that the entry loads as they are when they are whole; whoever builds at the same time has unfinished ones beside them. */
const chunkFile = /^part-[^.]+\.m?js(\.map)?$/

/** What the program reads, and what has to be passed on with it. */
const besides = ['type-descriptions.json.br', 'THIRD-PARTY-LICENSES.txt']

// Some bundled packages are CommonJS and call `require` for Node's own modules.
const requireShim = "import { createRequire as falkirkRequire } from 'node:module'; const require = falkirkRequire(import.meta.url);"

/**
 * Bundles `src/cli/main.ts` and all it imports, with source maps beside it, the descriptions of the built-in types, and the licences of all of it. What is
 * imported on demand (the twin, legacy ways to log in) is in files of its own, in the same folder: who does not need it does not load it.
 * @param {string} file absolute path; a test that builds while others use `dist/` names one of its own
 */
export async function build(file = programFile) {
  if (process.env.FALKIRK_BUILT === '1' && extname(file) === '.js' && existsSync(programFile)) return copyOf(file)
  const bytes = await step(`building ${relative(root, file)}`, async () => {
    const esbuild = await import('esbuild')
    const extension = extname(file)
    const { metafile, outputFiles } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: { [basename(file, extension)]: 'src/cli/main.ts' },
      outdir: dirname(file),
      outExtension: { '.js': extension },
      chunkNames: 'part-[name]-[hash]',
      splitting: true,
      write: false,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'linked',
      legalComments: 'none',
      // names stay: a stack trace is to be read
      minifySyntax: true,
      minifyWhitespace: true,
      metafile: true,
      logLevel: 'warning',
      banner: { js: `#!/usr/bin/env node\n${requireShim}` },
      define: { FALKIRK_VERSION: JSON.stringify(packageVersion()), FALKIRK_COMMIT: JSON.stringify(await gitCommit()) },
    })
    mkdirSync(dirname(file), { recursive: true })
    // the entry comes last: whoever starts it finds everything that it names
    const inOrder = outputFiles.toSorted((a, b) => Number(a.path === file) - Number(b.path === file))
    for (const { path, contents } of inOrder) writeWhole(path, contents, path === file ? 0o755 : 0o644)
    removeOldChunks(dirname(file), new Set(outputFiles.map(({ path }) => path)))
    writeWhole(join(dirname(file), 'type-descriptions.json.br'), await typeDescriptions())
    const inputs = [...Object.keys(metafile.inputs), 'node_modules/kubernetes-types/package.json']
    writeWhole(join(dirname(file), 'THIRD-PARTY-LICENSES.txt'), licenceTexts(root, inputs))
    return outputFiles.filter(({ path }) => !path.endsWith('.map')).reduce((sum, { contents }) => sum + contents.length, 0)
  })
  return { file, bytes }
}

/**
 * `npm test` builds once for all of its tests and says so; a test that wants the program in a folder of its own gets a copy.
 * @param {string} file
 */
function copyOf(file) {
  mkdirSync(dirname(file), { recursive: true })
  const files = programFiles()
  const names = [...files.map(({ name }) => name), ...besides]
  if (file !== programFile) for (const name of names) copyFileSync(join(dirname(programFile), name), join(dirname(file), name))
  return { file, bytes: files.reduce((sum, { path }) => sum + statSync(path).size, 0) }
}

/** The files of the program in a folder: its entry, and what that loads. */
export function programFiles(folder = dirname(programFile)) {
  const names = readdirSync(folder).filter((name) => name === basename(programFile) || (chunkFile.test(name) && name.endsWith('.js')))
  return names.sort().map((name) => ({ name, path: join(folder, name) }))
}

/**
 * Files of earlier builds are of no use to anybody; their names have the digest of what is in them.
 * @param {string} folder
 * @param {Set<string>} current
 */
function removeOldChunks(folder, current) {
  const old = readdirSync(folder).filter((name) => chunkFile.test(name) && !current.has(join(folder, name)))
  for (const name of old) rmSync(join(folder, name), { force: true })
}

/**
 * Whoever starts the program meanwhile, or packs it, has the one before or the new one.
 * @param {string} path
 * @param {string | Uint8Array} contents
 * @param {number} mode
 */
function writeWhole(path, contents, mode = 0o644) {
  const unfinished = `${path}.${randomUUID()}`
  writeFileSync(unfinished, contents, { mode })
  renameSync(unfinished, path)
}

/** What `kubectl explain` says of the built-in types of a twin: JSON, compressed. The program reads it when it is asked. */
async function typeDescriptions() {
  const { packageDescriptions } = await loadTypeScript('src/twin/api/openapi/descriptions/stored-descriptions.ts')
  const words = /** @type {() => object} */ (packageDescriptions)()
  return brotliCompressSync(JSON.stringify(words))
}

/** The version in package.json. */
export function packageVersion() {
  return String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
}

/** The commit the tree stands on, with `-dirty` when files differ from it; `unknown` outside of a clone. */
async function gitCommit() {
  const { code, output } = await capture('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*']).catch(() => ({
    code: 1,
    output: '',
  }))
  return code === 0 ? output.trim() : 'unknown'
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await program(async () => {
    await bootstrap()
    const { bytes } = await build()
    process.stdout.write(`dist/falkirk.js ${(bytes / 1e6).toFixed(1)} MB\n`)
  })
}

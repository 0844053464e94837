import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build, packageVersion, programFiles } from './build.mjs'
import { withLibraries } from './image-libraries.mjs'
import { nodeBinary } from './node-binary.mjs'
import { writeOciArchive } from './oci-archive.mjs'
import { root } from './paths.mjs'
import { step } from './progress.mjs'
import { program } from './run.mjs'
import { writeTree } from './write-tree.mjs'

/**
 * @typedef {import('./node-binary.mjs').Architecture} Architecture
 * @typedef {import('./tar.mjs').Entry} Entry
 * @typedef {{ runtime: Entry[], program: Entry[] }} ImageFiles
 */

const certificates = '/etc/ssl/certs/ca-certificates.crt'

/** V8's young generation, MB: it may grow to three times that. Larger ones save no time worth the memory; Node 24's own choice depends on the machine. */
export const semiSpaceFlag = '--max-semi-space-size=8'

/** What the image runs and as whom; the user is `nobody`. */
export const imageConfig = {
  User: '65534:65534',
  Entrypoint: ['/bin/system-upgrade-controller'],
  WorkingDir: '/',
  Env: ['PATH=/bin:/usr/bin', 'NODE_ENV=production', `NODE_OPTIONS=--use-system-ca ${semiSpaceFlag}`],
  ExposedPorts: { '8080/tcp': {} },
  Labels: { 'org.opencontainers.image.title': 'Falkirk', 'org.opencontainers.image.licenses': 'Apache-2.0' },
}

/**
 * Gives the files of the image to `use`: a layer that changes with Node and one that changes with Falkirk.
 * @param {Architecture} architecture
 * @param {(files: ImageFiles) => Promise<void>} use
 */
export async function withImageFiles(architecture, use) {
  if (!existsSync(certificates)) throw new Error(`${certificates} is missing: install the Debian package ca-certificates`)
  const { node, licence } = await nodeBinary(architecture)
  await withLibraries(architecture, node, (libraries) =>
    use({ runtime: runtimeEntries(node, licence, libraries), program: programEntries() }),
  )
}

/**
 * @param {string} node
 * @param {string} licence
 * @param {Entry[]} libraries
 * @returns {Entry[]}
 */
function runtimeEntries(node, licence, libraries) {
  return [
    ...libraries,
    { kind: 'file', path: 'usr/bin/node', source: node, mode: 0o755 },
    { kind: 'file', path: 'usr/share/doc/node/LICENSE', source: licence },
    { kind: 'file', path: 'etc/passwd', content: 'root:x:0:0:root:/:/nologin\nnobody:x:65534:65534:nobody:/:/nologin\n' },
    { kind: 'file', path: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
    { kind: 'file', path: 'etc/nsswitch.conf', content: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { kind: 'file', path: certificates, source: certificates },
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
  ]
}

/** @returns {Entry[]} */
function programEntries() {
  // Without a shell in the image the kernel itself starts Node, by the first line; the program sees by which name it was called.
  const launcher = "#!/usr/bin/node\nimport('/usr/lib/falkirk/falkirk.js')\n"
  return [
    ...programFiles().map(
      ({ name, path }) => /** @type {Entry} */ ({ kind: 'file', path: `usr/lib/falkirk/${name}`, source: path, mode: 0o644 }),
    ),
    { kind: 'file', path: 'usr/lib/falkirk/type-descriptions.json.br', source: join(root, 'dist/type-descriptions.json.br') },
    {
      kind: 'file',
      path: 'usr/lib/falkirk/package.json',
      content: `${JSON.stringify({ name: 'falkirk', version: packageVersion(), type: 'module' })}\n`,
    },
    { kind: 'file', path: 'usr/share/doc/falkirk/LICENSE', source: join(root, 'LICENSE') },
    { kind: 'file', path: 'usr/share/doc/falkirk/THIRD-PARTY-LICENSES.txt', source: join(root, 'dist/THIRD-PARTY-LICENSES.txt') },
    { kind: 'file', path: 'bin/falkirk', content: launcher, mode: 0o755 },
    { kind: 'file', path: 'bin/system-upgrade-controller', content: launcher, mode: 0o755 },
  ]
}

/**
 * Writes the image of the program in `dist/` as an OCI archive.
 * @param {{ out?: string, tag?: string, architecture?: Architecture }} [options]
 */
export async function writeImage({ out = join(root, 'dist/falkirk-image.tar'), tag = 'falkirk:dev', architecture = 'amd64' } = {}) {
  /** @type {{ ref: string, digest: string, size: number } | undefined} */
  let written
  await withImageFiles(architecture, async (files) => {
    await step(`writing ${tag}`, async () => {
      written = writeOciArchive({ out, ref: tag, layers: [files.runtime, files.program], config: imageConfig, architecture })
    })
  })
  return { out, ...written }
}

/** @param {string} name */
function architectureNamed(name) {
  if (name === 'amd64' || name === 'arm64') return name
  throw new Error(`--arch ${name}: Falkirk's image is made for amd64 and arm64`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await program(async () => {
    const { values } = parseArgs({
      options: { out: { type: 'string' }, tag: { type: 'string' }, arch: { type: 'string' }, root: { type: 'string' } },
    })
    const architecture = architectureNamed(values.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64'))
    await bootstrap()
    await build()
    if (values.root !== undefined) {
      const folder = resolve(values.root)
      await withImageFiles(architecture, async ({ runtime, program: own }) => writeTree(folder, [...runtime, ...own]))
      return
    }
    const { out, ref, digest } = await writeImage({
      architecture,
      ...(values.out === undefined ? {} : { out: resolve(values.out) }),
      ...(values.tag === undefined ? {} : { tag: values.tag }),
    })
    process.stdout.write(`${out} ${ref} ${digest}\n`)
  })
}

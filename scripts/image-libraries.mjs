import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { step } from './progress.mjs'
import { CommandFailed, capture, mustRun } from './run.mjs'

/**
 * @typedef {import('./node-binary.mjs').Architecture} Architecture
 * @typedef {import('./tar.mjs').Entry} Entry
 */

/** @type {Record<Architecture, string>} */
const loaders = { amd64: 'lib64/ld-linux-x86-64.so.2', arm64: 'lib/ld-linux-aarch64.so.1' }

/** @type {Record<Architecture, string>} */
const multiarch = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** What Node and nsenter are linked against, and nsenter itself: the packages of Debian 12 they are in. */
const debianPackages = ['libc6', 'libstdc++6', 'libgcc-s1', 'libselinux1', 'libpcre2-8-0', 'util-linux']

/** With it a privileged pod enters the namespaces of its host (`falkirk node run-steps`). Not a shell: the image has none. */
const nsenter = 'usr/bin/nsenter'
const nsenterLicence = 'usr/share/doc/util-linux/copyright'

const ownArchitecture = process.arch === 'x64' ? 'amd64' : process.arch

/**
 * nsenter, and the shared libraries that it and a Node binary need, as entries of a layer: from this machine when it is of the same architecture,
 * else from Debian's packages for the other one. The machine's glibc must not be older than the Node binary asks for (2.28).
 * @param {Architecture} architecture
 * @param {string} node Path of the binary.
 * @param {(entries: Entry[]) => Promise<void>} use Called while the files are there.
 */
export async function withLibraries(architecture, node, use) {
  if (architecture === ownArchitecture) {
    if (!existsSync(`/${nsenter}`)) throw new Error(`/${nsenter} is missing: install the package util-linux`)
    const libraries = new Set([...(await linkedLibraries(node)), ...(await linkedLibraries(`/${nsenter}`))])
    return use([...nsenterEntries('/'), ...libraryEntries(architecture, [...libraries])])
  }
  const work = mkdtempSync(join(tmpdir(), 'falkirk-libraries-'))
  try {
    await step(`fetching Debian's libraries for ${architecture}`, () => unpackDebian(architecture, work))
    const unpacked = join(work, 'root')
    const folder = join(unpacked, 'lib', multiarch[architecture])
    const usr = join(unpacked, 'usr/lib', multiarch[architecture])
    return await use([...nsenterEntries(unpacked), ...libraryEntries(architecture, [...sharedObjects(folder), ...sharedObjects(usr)])])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const neededNames = /^(ld-linux-[\w-]+\.so\.\d|lib(c|m|dl|pthread|stdc\+\+|gcc_s|resolv|selinux|pcre2-8)\.so\.\d+)$/

/**
 * @param {string} from Root of a file system.
 * @returns {Entry[]}
 */
function nsenterEntries(from) {
  /** @type {Entry[]} */
  const program = [{ kind: 'file', path: nsenter, source: join(from, nsenter), mode: 0o755 }]
  const licence = join(from, nsenterLicence)
  return existsSync(licence) ? [...program, { kind: 'file', path: nsenterLicence, source: licence }] : program
}

/** @param {string} folder */
function sharedObjects(folder) {
  return readdirSync(folder)
    .filter((file) => neededNames.test(file))
    .map((file) => join(folder, file))
}

/**
 * What the dynamic loader would load, by its own word.
 * @param {string} node
 */
async function linkedLibraries(node) {
  const { code, output } = await capture('ldd', [node])
  const paths = [...output.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map((match) => match[1] ?? '')
  if (code !== 0 || paths.length === 0) throw new CommandFailed(`this machine cannot run ${node}: its glibc is missing or too old`, output)
  return paths
}

/**
 * @param {Architecture} architecture
 * @param {readonly string[]} paths
 * @returns {Entry[]}
 */
function libraryEntries(architecture, paths) {
  return paths.map((path) => {
    const name = basename(path)
    const target = name.startsWith('ld-linux') ? loaders[architecture] : `usr/lib/${name}`
    return { kind: 'file', path: target, source: realpathSync(path), mode: 0o755 }
  })
}

/**
 * Fetches packages of another architecture with apt's state in a folder of its own: nothing on this machine changes.
 * @param {Architecture} architecture
 * @param {string} work
 */
async function unpackDebian(architecture, work) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'root']) mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'status'), '')
  const options = [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    'APT::Sandbox::User=root',
    `Dir::State=${join(work, 'state')}`,
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::Cache=${join(work, 'cache')}`,
  ].flatMap((option) => ['-o', option])
  await mustRun('apt-get', [...options, '-q', 'update'])
  await mustRun('apt-get', [...options, '-q', 'download', ...debianPackages], { cwd: work })
  for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
    await mustRun('dpkg-deb', ['-x', join(work, file), join(work, 'root')])
}

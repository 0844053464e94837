import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { x } from 'tinyexec'

/** A package as the index of an archive has it. */
export interface ArchivedPackage {
  readonly version: string
  /** Path below the archive's root. */
  readonly file: string
  readonly sha256: string
}

/** One release of Debian, `main`, for this machine's architecture, on the mirror that its apt uses. */
export interface DebianArchive {
  find(packageName: string): ArchivedPackage | undefined
  /** The package's file. @throws when its hash is not the one in the index. */
  fetch(found: ArchivedPackage): Promise<Buffer>
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Reads the signed index of a release (`trixie`) that this machine need not run. `folder` is for files in between. */
export async function debianArchive(suite: string, folder: string): Promise<DebianArchive> {
  const mirror = aptMirror()
  const architecture = (await x('dpkg', ['--print-architecture'], { throwOnError: true })).stdout.trim()
  const release = await signedRelease(`${mirror}/dists/${suite}/InRelease`, folder)
  const path = `main/binary-${architecture}/Packages.gz`
  const sha256 = release.match(new RegExp(`^ ([0-9a-f]{64}) +\\d+ ${path.replaceAll('.', '\\.')}$`, 'm'))?.[1]
  if (sha256 === undefined) throw new Error(`Debian's ${suite} has no ${path}`)
  const packages = gunzipSync(await download(`${mirror}/dists/${suite}/${path}`, sha256)).toString('utf8')
  return {
    find: (packageName) => packageIn(packages, packageName),
    fetch: ({ file, sha256: expected }) => download(`${mirror}/${file}`, expected),
  }
}

/** The stanza of one package in a `Packages` index. */
export function packageIn(packages: string, packageName: string): ArchivedPackage | undefined {
  const start = `\n${packages}`.indexOf(`\nPackage: ${packageName}\n`)
  if (start < 0) return undefined
  const end = packages.indexOf('\n\n', start)
  const stanza = packages.slice(start, end < 0 ? undefined : end)
  const field = (name: string) => stanza.match(new RegExp(`^${name}: (.+)$`, 'm'))?.[1]
  const [version, file, sha256] = [field('Version'), field('Filename'), field('SHA256')]
  return version && file && sha256 ? { version, file, sha256 } : undefined
}

/** The mirror of Debian in a machine's apt sources, old one-line form or new. */
export function mirrorIn(sources: string): string | undefined {
  const found = sources.match(/^URIs:\s*(https?:\/\/\S+)/m) ?? sources.match(/^deb\s+(?:\[[^\]]*\]\s+)?(https?:\/\/\S+)/m)
  return found?.[1]?.replace(/\/$/, '')
}

function aptMirror(): string {
  const files = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'].filter((file) => existsSync(file))
  const mirror = mirrorIn(files.map((file) => readFileSync(file, 'utf8')).join('\n'))
  if (mirror === undefined) throw new Error('apt has no Debian mirror in its sources')
  return mirror
}

async function signedRelease(url: string, folder: string): Promise<string> {
  const [signed, plain] = [join(folder, 'InRelease'), join(folder, 'Release')]
  writeFileSync(signed, await download(url))
  const check = await x('gpgv', ['--keyring', keyring, '--output', plain, signed])
  if (check.exitCode !== 0) throw new Error(`${url} is not signed by Debian: ${check.stderr.trim()}`)
  return readFileSync(plain, 'utf8')
}

async function download(url: string, sha256?: string): Promise<Buffer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${answer.statusText}`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  const found = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== undefined && found !== sha256) throw new Error(`${url}: its SHA-256 is ${found}, not ${sha256}`)
  return bytes
}

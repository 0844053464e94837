import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { command } from './command.ts'

/** A Debian repository that a test fills while hosts read it. */
export interface AptRepository {
  readonly url: string
  /** A line for a host's sources.list. */
  readonly source: string
  /**
   * Builds a package that does nothing and puts it in. With `rebootRequired` its installation asks for a reboot as a kernel's does:
   * by the file /run/reboot-required. `configure`: what else its installation runs; `files`: what it has below /etc, which people may change.
   */
  publish(name: string, version: string, options?: PackageContent): Promise<void>
  /** Puts package files in that exist already. */
  publishFiles(files: readonly string[]): Promise<void>
  /** Requests served so far, as paths: which files the hosts have really fetched. */
  readonly served: readonly string[]
  stop(): Promise<void>
}

export interface PackageContent {
  readonly rebootRequired?: boolean
  readonly configure?: string
  readonly files?: Readonly<Record<string, string | Buffer>>
}

/** Serves an empty one on a free port of `address`; it is not signed, and its source line says to trust it. Needs apt-utils. */
export async function startAptRepository(address: string): Promise<AptRepository> {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-apt-'))
  mkdirSync(join(folder, 'www'))
  await writeIndex(join(folder, 'www'))
  const served: string[] = []
  const server = serveFiles(join(folder, 'www'), served)
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const url = `http://${address}:${(server.address() as AddressInfo).port}`
  return {
    url,
    source: `deb [trusted=yes] ${url} ./`,
    served,
    async publish(name, version, content = {}) {
      await buildPackage(join(folder, 'build'), join(folder, 'www'), { name, version, ...content })
      await writeIndex(join(folder, 'www'))
    },
    async publishFiles(files) {
      for (const file of files) copyFileSync(file, join(folder, 'www', basename(file)))
      await writeIndex(join(folder, 'www'))
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function serveFiles(folder: string, served: string[]): Server {
  return createServer((request, response) => {
    const name = basename(decodeURIComponent(request.url ?? ''))
    try {
      const content = readFileSync(join(folder, name))
      served.push(name)
      response.writeHead(200, { 'content-length': content.length }).end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
}

interface DemoPackage extends PackageContent {
  readonly name: string
  readonly version: string
}

async function buildPackage(work: string, out: string, content: DemoPackage): Promise<void> {
  const { name, version, rebootRequired = false, configure = '', files = {} } = content
  const root = join(work, `${name}-${version}`)
  mkdirSync(join(root, 'DEBIAN'), { recursive: true })
  mkdirSync(join(root, 'usr/share', name), { recursive: true })
  writeFileSync(join(root, 'usr/share', name, 'version'), `${version}\n`)
  const fields = {
    Package: name,
    Version: version,
    Architecture: 'all',
    Maintainer: 'rig <rig@localhost>',
    Description: `${name}, which does nothing, for tests of upgrades`,
  }
  writeFileSync(
    join(root, 'DEBIAN/control'),
    Object.entries(fields)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )
  const installed = [...(rebootRequired ? ['touch /run/reboot-required'] : []), configure]
  writeFileSync(join(root, 'DEBIAN/postinst'), `#!/bin/sh\nset -e\n${installed.join('\n')}\n`, { mode: 0o755 })
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'etc', file)), { recursive: true })
    writeFileSync(join(root, 'etc', file), text)
  }
  writeFileSync(
    join(root, 'DEBIAN/conffiles'),
    Object.keys(files)
      .map((file) => `/etc/${file}\n`)
      .join(''),
  )
  await command('dpkg-deb', ['-Zgzip', '--root-owner-group', '--build', root, join(out, `${name}_${version}_all.deb`)])
  rmSync(root, { recursive: true, force: true })
}

async function writeIndex(folder: string): Promise<void> {
  const packages = await command('apt-ftparchive', ['packages', '.'], { cwd: folder })
  put(folder, 'Packages', packages)
  const date = laterThan(folder)
  // apt tells its own files of two updates apart by whole seconds, and takes its old cache for the new one otherwise
  await sleep(Math.max(0, date - Date.now()))
  const release = await command('apt-ftparchive', ['release', '.'], { cwd: folder })
  put(folder, 'Release', release.replace(/^Date: .*$/m, `Date: ${new Date(date).toUTCString()}`))
}

/** Now, or a second after the last one: apt passes over a Release that has the date of the one before. */
function laterThan(folder: string): number {
  const last = existsSync(join(folder, 'Release')) ? /^Date: (.*)$/m.exec(readFileSync(join(folder, 'Release'), 'utf8'))?.[1] : undefined
  return Math.max(Date.now(), last === undefined ? 0 : Date.parse(last) + 1_000)
}

// a host that reads at this moment gets the old file or the new one, never a half
function put(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, `.${name}.new`), content)
  renameSync(join(folder, `.${name}.new`), join(folder, name))
}

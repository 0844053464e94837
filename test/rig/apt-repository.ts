import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { command } from './command.ts'

/** A Debian repository that a test fills while hosts read it. */
export interface AptRepository {
  readonly url: string
  /** A line for a host's sources.list. */
  readonly source: string
  /**
   * Builds a package that does nothing and puts it in. With `rebootRequired` its installation asks for a reboot as a kernel's does:
   * by the file /run/reboot-required.
   */
  publish(name: string, version: string, options?: { rebootRequired?: boolean }): Promise<void>
  /** Requests served so far, as paths: which files the hosts have really fetched. */
  readonly served: readonly string[]
  stop(): Promise<void>
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
    async publish(name, version, { rebootRequired = false } = {}) {
      await buildPackage(join(folder, 'build'), join(folder, 'www'), { name, version, rebootRequired })
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
    const name = basename(request.url ?? '')
    try {
      const content = readFileSync(join(folder, name))
      served.push(name)
      response.writeHead(200, { 'content-length': content.length }).end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
}

interface DemoPackage {
  readonly name: string
  readonly version: string
  readonly rebootRequired: boolean
}

async function buildPackage(work: string, out: string, { name, version, rebootRequired }: DemoPackage): Promise<void> {
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
  if (rebootRequired) writeFileSync(join(root, 'DEBIAN/postinst'), '#!/bin/sh\nset -e\ntouch /run/reboot-required\n', { mode: 0o755 })
  await command('dpkg-deb', ['-Zgzip', '--root-owner-group', '--build', root, join(out, `${name}_${version}_all.deb`)])
  rmSync(root, { recursive: true, force: true })
}

async function writeIndex(folder: string): Promise<void> {
  const packages = await command('apt-ftparchive', ['packages', '.'], { cwd: folder })
  put(folder, 'Packages', packages)
  put(folder, 'Release', await command('apt-ftparchive', ['release', '.'], { cwd: folder }))
}

// a host that reads at this moment gets the old file or the new one, never a half
function put(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, `.${name}.new`), content)
  renameSync(join(folder, `.${name}.new`), join(folder, name))
}

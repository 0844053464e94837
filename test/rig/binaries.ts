import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { step } from '../../scripts/progress.mjs'
import { debianProgram } from './debian-program.ts'
import { buildPackages, installPackages } from './requirements.ts'
import { rigCache } from './rig-cache.ts'

/** Programs of the rig; every path is absolute. */
export interface RigBinaries {
  /** By version: one static binary that is k3s and, under `k3s NAME` or a link beside it called NAME, each component and kubectl. */
  readonly k3s: Readonly<Record<string, string>>
  readonly kubectl: string
  readonly etcd: string
}

/** What the rig's nodes run before and after an upgrade; both are built from one source. */
export const rigVersions = ['v1.20.2+k3s1', 'v1.20.3+k3s1'] as const

const buildFolder = join(import.meta.dirname, 'build')

/**
 * Finds the programs in the cache, and builds or fetches those that are missing: five to ten minutes for the first version, half a
 * minute for each further one. Two processes may ask at once; one builds. Needs root and Debian's mirror where something is missing.
 */
export async function rigBinaries(versions: readonly string[] = rigVersions): Promise<RigBinaries> {
  const out = join(rigCache(), buildKey())
  const path = (version: string) => join(out, version, 'k3s')
  const missing = versions.filter((version) => !existsSync(path(version)))
  if (missing.length > 0) await build(out, missing)
  const [first] = versions
  if (first === undefined) throw new Error('rigBinaries was asked for no version')
  return {
    k3s: Object.fromEntries(versions.map((version) => [version, path(version)])),
    kubectl: join(out, first, 'kubectl'),
    etcd: await debianProgram('etcd-server', 'usr/bin/etcd'),
  }
}

/** Hash of all that decides what the binaries do: another source or script has a folder of its own in the cache. */
function buildKey(): string {
  const hash = createHash('sha256')
  const files = readdirSync(buildFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(path.slice(buildFolder.length)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex').slice(0, 12)
}

async function build(out: string, versions: readonly string[]): Promise<void> {
  await installPackages(buildPackages)
  for (const version of versions) {
    await step(`building Kubernetes ${version} from Debian's source (the first takes five to ten minutes)`, async () => {
      mkdirSync(out, { recursive: true })
      const log = join(out, `build-${version}.log`)
      const script = join(buildFolder, 'build-kubernetes.sh')
      const run = await x('bash', ['-c', 'exec "$@" > "$0" 2>&1', log, script, join(rigCache(), 'src'), out, version])
      if (run.exitCode !== 0) throw new Error(`Kubernetes ${version} was not built; the end of ${log}:\n${lastLines(log)}`)
    })
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
}

import { assertNever } from '../core/assert-never.ts'
import { computePath } from '../core/upgrade/path/compute-path.ts'
import type { RefusedPath, UpgradePath } from '../core/upgrade/path/upgrade-path.ts'
import { outputOf, type PathFlags, type PathOutput, pathRequest } from './path-flags.ts'
import { pathTable, widePathTable } from './path-table.ts'
import { readReleases } from './read-releases.ts'
import { yamlText } from './yaml-text.ts'

export interface PathPorts {
  /** Standard output. */
  readonly say: (text: string) => void
  /** Standard error. */
  readonly warn: (text: string) => void
}

/** Prints the path that was asked for; the exit code: 0, or 2 when there is none. Throws `FalkirkError` for what cannot be understood. */
export async function runPath(flags: PathFlags, { say, warn }: PathPorts): Promise<0 | 2> {
  const output = outputOf(flags)
  const result = computePath(pathRequest(flags, await readReleases(flags.releases)))
  if (result.kind === 'Path') {
    say(pathText(result.path, output))
    return 0
  }
  if (output === 'json' || output === 'yaml') say(asData(withoutKind(result), output))
  warn(`refused (${result.reason}): ${result.message}\n  ${result.source}`)
  return 2
}

function pathText(path: UpgradePath, output: PathOutput): string {
  switch (output) {
    case 'table':
      return pathTable(path)
    case 'wide':
      return widePathTable(path)
    case 'json':
    case 'yaml':
      return asData(path, output)
    default:
      return assertNever(output)
  }
}

/** A program that reads a path knows by the field that there is none. */
function withoutKind({ kind: _kind, ...refused }: RefusedPath): { readonly refused: Omit<RefusedPath, 'kind'> } {
  return { refused }
}

function asData(data: object, output: 'json' | 'yaml'): string {
  return output === 'json' ? JSON.stringify(data, null, 2) : yamlText(data).trimEnd()
}

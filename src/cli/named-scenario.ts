import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FalkirkError } from '../core/falkirk-error.ts'
import { nearestText } from '../core/nearest-text.ts'
import type { WorldSource } from '../twin/sandbox/sandbox-world.ts'
import { scenarioWorld } from '../twin/sandbox/scenario-world.ts'
import { readScenario } from '../twin/scenario/read-scenario.ts'

/** Beside the bundled program, and beside the sources. */
export const scenarioFolders = ['../scenarios', '../../scenarios'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

/** The scenario of that name, or in that file. Throws FK_SCENARIO. */
export async function namedScenario(name: string, say: (line: string) => void): Promise<WorldSource> {
  const file = /[/\\]|\.ya?ml$/.test(name) ? name : await fileOf(name)
  return scenarioWorld(await readScenario(file), { folder: dirname(file), say })
}

async function fileOf(name: string): Promise<string> {
  for (const folder of scenarioFolders) {
    const files = await readdir(folder).catch(() => [])
    const names = files.filter((file) => file.endsWith('.yaml')).map((file) => basename(file, '.yaml'))
    if (names.includes(name)) return join(folder, `${name}.yaml`)
    if (names.length === 0) continue
    const near = nearestText(name, names)
    throw new FalkirkError(
      'FK_SCENARIO',
      `there is no scenario ${name}; ${near === undefined ? '' : `is it ${near}? `}docs/scenarios.md lists them`,
    )
  }
  throw new FalkirkError('FK_SCENARIO', `no scenarios are installed with this program: name a file instead of ${name}`)
}

import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/**
 * Makes one plain script of a TypeScript file and all it imports, npm packages included, so that a process of its own can run it
 * without a compiler in its memory. The file may not use `import.meta`. Gives the script's path.
 */
export async function bundledScript(source: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `${basename(source, '.ts')}.cjs`)
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' })
  return outfile
}

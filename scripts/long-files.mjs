import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

const longerThan = { source: 250, test: 375 }

/**
 * Files that have grown long, longest first, as `path (lines)`. They need a reason; the linter refuses 400 lines (tests: 600).
 */
export function longFiles() {
  const files = ['src', 'test', 'scripts', 'demo'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  )
  return files
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes('/testdata/'))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ file, lines }) => lines > (file.endsWith('.test.ts') ? longerThan.test : longerThan.source))
    .sort((a, b) => b.lines - a.lines)
    .map(({ file, lines }) => `${file} (${lines})`)
}

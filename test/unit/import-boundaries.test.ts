import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { x } from 'tinyexec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import unitConfig from '../../vitest.config.ts'

const root = process.cwd()
const rooms = ['core', 'cluster', 'node', 'controller', 'twin', 'cli']

/** A file that must be refused, and what the compiler says of it. */
const imports: [title: string, file: string, source: string, refusal: RegExp][] = [
  ['core may not import cluster', 'src/core/a.ts', "import '../cluster/fine.ts'", /a\.ts.*error TS(6307|6059)/],
  [
    'core may not import node:fs',
    'src/core/b.ts',
    "import { readFileSync } from 'node:fs'\nexport const b = readFileSync",
    /b\.ts.*error TS2(307|591)/,
  ],
  ['core has no process', 'src/core/c.ts', 'export const c = process.env', /c\.ts.*error TS2(304|580|591)/],
  ['core has no fetch', 'src/core/d.ts', "export const d = fetch('x')", /d\.ts.*error TS2(304|552)/],
  ['core has no timers', 'src/core/e.ts', 'export const e = setTimeout', /e\.ts.*error TS2(304|552)/],
  ['core has no console', 'src/core/f.ts', "console.log('x')", /f\.ts.*error TS2(304|584)/],
  ['node may not import cluster', 'src/node/k.ts', "import '../cluster/fine.ts'", /k\.ts.*error TS(6307|6059)/],
  ['node may not import controller', 'src/node/l.ts', "import '../controller/fine.ts'", /l\.ts.*error TS(6307|6059)/],
  ['cluster may not import controller', 'src/cluster/g.ts', "import '../controller/fine.ts'", /g\.ts.*error TS(6307|6059)/],
  ['cluster may not import cli', 'src/cluster/h.ts', "import '../cli/fine.ts'", /h\.ts.*error TS(6307|6059)/],
  ['twin may not import controller', 'src/twin/j.ts', "import '../controller/fine.ts'", /j\.ts.*error TS(6307|6059)/],
  ['controller may not import cli', 'src/controller/i.ts', "import '../cli/fine.ts'", /i\.ts.*error TS(6307|6059)/],
]

/** Allowed in the same run: had the compiler refused everything, these would tell. */
const allowed = {
  'src/core/schema.ts': "import { z } from 'zod'\nexport const schema = z.string()",
  'src/cluster/down.ts':
    "import { schema } from '../core/schema.ts'\nimport { readFileSync } from 'node:fs'\nexport const down = [schema, readFileSync]",
  'src/cli/down.ts': "import '../controller/fine.ts'\nimport '../cluster/fine.ts'\nimport '../node/fine.ts'\nimport '../core/fine.ts'",
}

let folder: string

function plant(file: string, source: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${source}\nexport {}\n`)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-boundaries-'))
  for (const file of [
    'package.json',
    'tsconfig.base.json',
    'biome.json',
    'scripts/lint',
    ...rooms.map((room) => `src/${room}/tsconfig.json`),
  ]) {
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const room of rooms) plant(`src/${room}/fine.ts`, 'export const fine = 1')
  for (const [file, source] of Object.entries(allowed)) plant(file, source)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('imports between rooms', () => {
  let output: string

  beforeAll(async () => {
    for (const [, file, source] of imports) plant(file, source)
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const run = await x(process.execPath, [tsc, '-b', '--pretty', 'false', ...rooms.map((room) => `src/${room}`)], {
      nodeOptions: { cwd: folder },
    })
    output = run.stdout
  })

  it.each(imports)('%s', (_, _file, _source, refusal) => {
    expect(output).toMatch(refusal)
  })

  it('the compiler refuses nothing else', () => {
    expect(output).not.toMatch(/^src\/\w+\/(fine|down|schema)\.ts/m)
  })
})

describe('what the compiler cannot see', () => {
  const refused = ['Date.now()', 'new Date()', 'Date()', 'Math.random()', '[1].map(Math.random)', 'Date.now']
  const fine = ["Date.parse('2026-01-01')", 'new Date(0)', 'Date.UTC(2026, 0)', 'Math.max(1, 2)']

  async function lint(file: string): Promise<string> {
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const args = ['lint', '--vcs-enabled=false', '--skip=correctness/noUnusedImports', '--colors=off', '--max-diagnostics=none', file]
    const run = await x(process.execPath, [biome, ...args], { nodeOptions: { cwd: folder } })
    expect(run.stdout + run.stderr).not.toContain('errored')
    return run.stdout + run.stderr
  }

  it('each reading of the clock or of chance is refused, each computation is not', async () => {
    plant('src/core/clock.ts', [...refused, ...fine].map((expression, i) => `export const v${i} = ${expression}`).join('\n'))
    const lines = [...(await lint('src/core/clock.ts')).matchAll(/clock\.ts:(\d+):\d+ plugin/g)].map((match) => Number(match[1]))
    expect(lines).toEqual(refused.map((_, i) => i + 1))
  })

  it.each([
    ["import { request } from 'undici'", 'refused'],
    ["import 'undici'", 'refused'],
    ["import type { Logger } from 'pino'", 'refused'],
    ["import { z } from 'zod'", 'fine'],
    ["import { sha224 } from '@noble/hashes/sha2.js'", 'fine'],
    ["import type { Pod } from 'kubernetes-types/core/v1'", 'fine'],
    ["import { fine } from './fine.ts'", 'fine'],
  ])('in the core, %s is %s', async (source, verdict) => {
    plant('src/core/package-import.ts', source)
    expect((await lint('src/core/package-import.ts')).includes('package-import.ts:1:')).toBe(verdict === 'refused')
  })

  it('the shells may read the clock', async () => {
    plant('src/cluster/clock.ts', 'export const now = () => Date.now()')
    expect(await lint('src/cluster/clock.ts')).not.toContain('plugin')
  })
})

it('these tests are part of the unit tests', () => {
  expect(unitConfig.test?.include).toContain('test/unit/**/*.test.ts')
})

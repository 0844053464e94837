import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { attempt } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'falkirk-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Build {
  readonly version: string
  readonly builtAt?: string
}

/** A file that answers like a k3s binary of this version. */
function binary(name: string, { version, builtAt = '2023-06-01T00:00:00Z' }: Build): string {
  const path = join(folder, name)
  const answer = JSON.stringify({ clientVersion: { gitVersion: version, buildDate: builtAt } })
    .replaceAll(':', ': ')
    .replace(/T00: 00: 00Z/, 'T00:00:00Z')
  const script = `#!/bin/sh\ncase $1 in\n-v) echo 'k3s version ${version} (0123abcd)'; echo 'go version go1.19' ;;\nkubectl) echo '${answer}' ;;\nesac\n`
  writeFileSync(path, script, { mode: 0o755 })
  return path
}

async function gate(current: Build, wanted: Build): Promise<'passes' | 'refuses'> {
  const script = join(import.meta.dirname, 'upgrade.sh')
  const args = ['gate', binary('current', current), binary('wanted', wanted)]
  const { exitCode } = await attempt('sh', [script, ...args], { env: { RIG_LEDGER: join(folder, 'ledger') } })
  return exitCode === 0 ? 'passes' : 'refuses'
}

describe('the upgrade image', () => {
  it.each([
    ['v1.0.0', 'v1.25.5', 'passes'],
    ['v1.25.5', 'v1.0.0', 'refuses'],
    ['v1.25.5', 'v1.25.5', 'passes'],
    ['v1.25.5', 'v1.25.6', 'passes'],
    ['v1.26.1', 'v1.25.6', 'refuses'],
    ['v1.25.5', 'v1.26.1', 'passes'],
    ['v1.25.5', 'v1.25.4', 'refuses'],
    ['v1.25.4', 'v1.25.5-rc1', 'passes'],
    ['v1.25.5-rc2', 'v1.25.5-rc1', 'passes'],
    ['v1.25.5-rc2', 'v1.25.5', 'passes'],
    ['v1.25.5-rc1', 'v1.25.4', 'refuses'],
    ['v1.20.2+k3s1', 'v1.20.3+k3s1', 'passes'],
    ['v2.0.0', 'v1.30.9', 'refuses'],
  ] as const)('on a node with %s, %s %s', async (current, wanted, verdict) => {
    expect(await gate({ version: current }, { version: wanted })).toBe(verdict)
  })

  it.each([
    ['1999-01-01', '2100-01-01', 'passes'],
    ['2100-01-01', '1999-01-01', 'refuses'],
    ['2023-06-30', '2023-06-01', 'passes'],
    ['2023-01-01', '2022-12-31', 'refuses'],
    ['2023-06-01', '2023-05-31', 'refuses'],
  ] as const)('over a build of %s, one of %s %s', async (current, wanted, verdict) => {
    const build = (day: string): Build => ({ version: 'v1.25.5', builtAt: `${day}T00:00:00Z` })
    expect(await gate(build(current), build(wanted))).toBe(verdict)
  })

  it('lets a build without a readable date pass', async () => {
    expect(await gate({ version: 'v1.25.5', builtAt: 'unknown' }, { version: 'v1.25.5' })).toBe('passes')
  })
})

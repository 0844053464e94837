import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { computePath } from '../core/upgrade/path/compute-path.ts'
import { knownBuilds } from '../core/version/known-builds.ts'
import { shippedReleases } from '../core/version/shipped-releases.ts'
import type { PathFlags } from './path-flags.ts'
import { pathTable } from './path-table.ts'
import { runPath } from './run-path.ts'

/** What a command prints, and how it ends. */
async function run(flags: PathFlags) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runPath(flags, { say: (text) => out.push(text), warn: (text) => err.push(text) })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const k3s: PathFlags = { from: 'v1.27.3+k3s1', to: 'v1.34.2+k3s1' }

describe('falkirk path prints', () => {
  it.each([
    { name: 'path-k3s.table.txt', flags: k3s },
    { name: 'path-k3s.wide.txt', flags: { ...k3s, output: 'wide' } },
    { name: 'path-kubeadm.table.txt', flags: { from: 'v1.22.17', to: 'v1.26' } },
    { name: 'path-half-way.table.txt', flags: { from: 'v1.30.14,v1.29.15', nodes: 'v1.26.3,v1.28.1,v1.27.2,v1.29.15', to: 'v1.31' } },
    { name: 'path-nodes-alone.table.txt', flags: { from: 'v1.30.14', nodes: 'v1.28.1', to: 'v1.30.14' } },
    { name: 'path-no-nodes.wide.txt', flags: { from: 'v1.30.14', nodes: 'none', to: 'v1.31', output: 'wide' } },
    { name: 'path-risk.table.txt', flags: { from: 'v1.14.5', to: 'v1.18.20', acceptRisk: 'unsupportedSkew' } },
    { name: 'path-risk.wide.txt', flags: { from: 'v1.14.5', to: 'v1.18.20', acceptRisk: 'unsupportedSkew', output: 'wide' } },
  ])('$name', async ({ name, flags }) => {
    const { code, out, err } = await run(flags)
    const golden = join(import.meta.dirname, 'testdata', name)
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(golden, `${out}\n`)
    expect(`${out}\n`).toBe(readFileSync(golden, 'utf8'))
    expect([code, err]).toEqual([0, ''])
  })

  it('the same path as JSON and as YAML', async () => {
    const json = JSON.parse((await run({ ...k3s, output: 'json' })).out)
    expect(parse((await run({ ...k3s, output: 'yaml' })).out)).toEqual(json)
    expect(Object.keys(json)).toEqual(['from', 'to', 'distribution', 'workers', 'reviewed', 'nodeMoves', 'hops'])
    expect(Object.keys(json.hops[0])).toEqual(['version', 'controlPlane', 'nodes', 'wayPoints', 'notes', 'risks'])
    expect(json.hops.at(-1)).toMatchObject({
      version: 'v1.34.2+k3s1',
      controlPlane: { from: 'v1.33.7+k3s3', to: 'v1.34.2+k3s1' },
      nodes: { required: true, cause: 'Target', from: ['v1.33.7+k3s3'], to: 'v1.34.2+k3s1' },
    })
  })

  it('that there is nothing to do', async () => {
    expect(await run({ from: 'v1.30.14', to: 'v1.30.14' })).toEqual({
      code: 0,
      out: 'v1.30.14 runs everywhere: there is nothing to do',
      err: '',
    })
  })

  it('no line of a table that is wider than 80 columns', () => {
    const releases = shippedReleases()
    for (const line of ['kubernetes', 'k3s', 'rke2'] as const) {
      for (let from = 19; from < 37; from++) {
        const [running, to] = [knownBuilds(releases, line, from).at(-1)?.version, knownBuilds(releases, line, 37)[0]?.version]
        if (running === undefined || to === undefined) throw new Error(`no build of ${line} v1.${from}`)
        const result = computePath({ from: { controlPlane: [running] }, to, workers: 'Lazy', releases, acceptedRisks: ['UnsupportedSkew'] })
        if (result.kind === 'Refused') throw new Error(result.message)
        const wide = pathTable(result.path)
          .split('\n')
          .filter((text) => text.length > 80)
        expect(wide).toEqual([])
      }
    }
  })
})

describe('falkirk path that is refused ends with 2', () => {
  const flags = { from: 'v1.28.3', to: 'v1.27.16' }
  const err = `refused (Downgrade): v1.28.3 runs and v1.27.16 is lower; neither an API server nor a kubelet is ever lowered, so name a version from v1.28.3 on
  https://kubernetes.io/releases/version-skew-policy/`

  it('with one sentence on standard error', async () => {
    expect(await run(flags)).toEqual({ code: 2, out: '', err })
  })

  it.each(['json', 'yaml'])('and for programs that read %s', async (output) => {
    const { code, out, err: said } = await run({ ...flags, output })
    expect([code, said]).toEqual([2, err])
    expect(parse(out)).toMatchObject({ refused: { reason: 'Downgrade', source: 'https://kubernetes.io/releases/version-skew-policy/' } })
  })
})

describe('release data of a file', () => {
  async function file(name: string, text: string): Promise<string> {
    const path = join(await tempFolder(), name)
    writeFileSync(path, text)
    return path
  }

  it.each([
    { name: 'releases.json', text: JSON.stringify({ minors: [{ minor: '1.38', k3s: [{ version: 'v1.38.1+k3s1' }] }] }) },
    { name: 'releases.yaml', text: 'minors: [{ minor: "1.38", k3s: [{ version: v1.38.1+k3s1 }] }]' },
  ])('lie over those of the program: $name', async ({ name, text }) => {
    const releases = await file(name, JSON.stringify({ format: 'falkirk.dev/releases/v1', reviewed: '2027-05-01', ...parse(text) }))
    const { code, out } = await run({ from: 'v1.36.1+k3s1', to: 'v1.38', releases, output: 'json' })
    expect([code, JSON.parse(out).reviewed]).toEqual([0, '2027-05-01'])
    expect(JSON.parse(out).hops.map((hop: { version: string }) => hop.version)).toEqual(['v1.37.0+k3s1', 'v1.38.1+k3s1'])
  })

  it.each([
    {
      text: '{"format": "falkirk.dev/releases/v1",\n"reviewed": "2027',
      said: /^FK_RELEASES .*r\.json line 2 is neither YAML nor JSON: Missing closing "quote/,
    },
    { text: '', said: /^FK_RELEASES .*r\.json: the object is null: set it to an object with fields$/ },
    { text: '{"minors": []}', said: /^FK_RELEASES .*r\.json: format is missing: set it to "falkirk\.dev\/releases\/v1"$/ },
    {
      text: `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]`,
      said: /^FK_RELEASES .*r\.json refers too often to what is written once$/,
    },
    { text: ' '.repeat(4 * 2 ** 20 + 1), said: /^FK_RELEASES .*r\.json is larger than 4 MiB: it holds something else than release data$/ },
  ])('$said', async ({ text, said }) => {
    const releases = await file('r.json', text)
    const failed = run({ ...k3s, releases }).then(
      () => 'no error',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    )
    expect(await failed).toMatch(said)
  })

  it('that cannot be read are named', async () => {
    const folder = await tempFolder()
    await expect(run({ ...k3s, releases: join(folder, 'none.json') })).rejects.toMatchObject({
      code: 'FK_RELEASES',
      message: `${join(folder, 'none.json')} cannot be read (ENOENT): name a file of release data`,
    })
    await expect(run({ ...k3s, releases: folder })).rejects.toThrow('cannot be read (EISDIR)')
  })
})

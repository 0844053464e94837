import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { cordons, drainsOf, podsHeldUp, versionChanges } from './npm-start-output.ts'

const servers = ['server-1', 'server-2', 'server-3']
const general = numbered('worker', 7)
const jobs = numbered('jobs', 7)

/** What a user runs first: no root, no network, a terminal or none. */
it('npm start shows a ClusterUpgrade: two hops, servers one after another, two pools in batches of 1, 2 and 4', async () => {
  const { code, output } = await start('--exit', '--speed', '10x').ended
  expect(output).toMatch(/Complete: the cluster runs v1\.34\.11\+k3s1\n\nComplete after /)
  expect(code).toBe(0)

  const changes = versionChanges(output)
  expect(changes.filter(({ node }) => servers.includes(node)).map(({ node, from, to }) => `${node} ${from} ${to}`)).toEqual([
    ...servers.map((node) => `${node} v1.32.13+k3s1 v1.33.13+k3s2`),
    ...servers.map((node) => `${node} v1.33.13+k3s2 v1.34.11+k3s1`),
  ])
  const starts = cordons(output)
  for (const { node, together } of starts) if (servers.includes(node)) expect(together).toEqual([node])

  // each worker once, and straight to the end
  const workers = changes.filter(({ node }) => !servers.includes(node))
  expect(workers.map(({ node }) => node).sort()).toEqual([...general, ...jobs].sort())
  expect(new Set(workers.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(['v1.32.13+k3s1 v1.34.11+k3s1']))
  // one pool after the other, after the control plane
  expect(changes.slice(6).map(({ node }) => (general.includes(node) ? 'general' : 'jobs'))).toEqual([
    ...general.map(() => 'general'),
    ...jobs.map(() => 'jobs'),
  ])
  for (const [pool, nodes] of [['general', general] as const, ['jobs', jobs] as const]) {
    const batches = [...output.matchAll(new RegExp(`pool ${pool}, batch \\d+: (.*)`, 'g'))].map(([, names = '']) => names.split(', '))
    // where pods have landed in real time, fewer may go together: never more than these
    for (const [at, { length }] of batches.entries()) expect(length).toBeLessThanOrEqual([1, 2][at] ?? 4)
    expect(batches.length).toBeLessThan(nodes.length)
    expect(batches.flat().sort()).toEqual([...nodes].sort())
    // only with nodes of its own batch is one away
    for (const batch of batches) {
      const together = starts.filter(({ node }) => batch.includes(node)).flatMap((start) => start.together)
      expect(together.filter((node) => !batch.includes(node))).toEqual([])
    }
  }

  const drains = drainsOf(output, [...general, ...jobs])
  expect(drains.filter(({ stayed }) => stayed.length > 0)).toEqual([])
  // where pods lie is a matter of real time: a node may hold none when its turn comes, not all of them
  expect(drains.flatMap(({ held }) => held).some((pod) => pod.startsWith('shop/'))).toBe(true)
  expect(podsHeldUp(output, 'shop/shop')).not.toEqual([])
  expect(output).toMatch(/drains? had to wait, /)
  expectNothingLeft(output)
})

it('npm start --plans shows every node upgraded, drained in between, and leaves nothing behind', async () => {
  const { code, output } = await start('--plans', '--exit', '--speed', '10x').ended
  expect(output).toContain('server-plan is complete')
  expect(output).toMatch(/agent-plan is complete\n\nEvery node has the new version/)
  expect(code).toBe(0)
  const workers = numbered('worker', 4)
  const upgraded = versionChanges(output).filter(({ to }) => to === 'v1.24.6+k3s1')
  expect(upgraded.map(({ node }) => node).sort()).toEqual([...numbered('edge', 2), ...servers, ...workers])
  const drains = drainsOf(output, workers)
  expect(drains.map(({ node, stayed }) => ({ node, stayed }))).toEqual(workers.map((node) => ({ node, stayed: [] })))
  expect(drains.flatMap(({ held }) => held).some((pod) => pod.startsWith('shop/web-'))).toBe(true)
  expect(output).toMatch(/shop\/web-\S+ runs on worker-\d/)
  expectNothingLeft(output)
})

it('npm start ends everything at Ctrl-C, in the middle of a drain', async () => {
  const { child, until, ended } = start()
  await until(/server-1 is Ready,SchedulingDisabled/)
  child.kill('SIGINT')
  const { code, output } = await ended
  expect(code).toBe(130)
  expectNothingLeft(output)
})

function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`)
}

/** No file is there, and no process that was told of one. */
function expectNothingLeft(output: string): void {
  const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)/.exec(output) ?? []
  expect(kubeconfig).not.toBe('')
  expect(existsSync(dirname(kubeconfig))).toBe(false)
  expect(spawnSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' }).stdout).not.toContain(dirname(kubeconfig))
}

interface Started {
  readonly child: ChildProcess
  /** Resolves when the output so far matches; rejects when the program ends before. */
  readonly until: (pattern: RegExp) => Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString('utf8')
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => pattern.test(output) && resolve())
      ended.then(({ code }) => reject(new Error(`ended with ${code} before ${pattern}:\n${output}`)), reject)
    })
  return { child, until, ended }
}

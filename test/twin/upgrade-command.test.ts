import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { briskKubelets } from '../../demo/brisk-kubelets.ts'
import { build } from '../../scripts/build.mjs'
import { systemClock } from '../../src/cluster/clock.ts'
import { sandboxKubeconfig, writeKubeconfig } from '../../src/twin/sandbox/sandbox-kubeconfig.ts'
import { smallWorld } from '../../src/twin/sandbox/small-world.ts'
import { type Sandbox, startSandbox } from '../../src/twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'

const [from, to, further] = ['v1.33.5+k3s1', 'v1.33.6+k3s1', 'v1.33.7+k3s1']

/** A short soak: the clock of the cluster is faster than that of the controller. */
const manifest = `
apiVersion: falkirk.dev/v1alpha1
kind: ClusterUpgrade
metadata: { name: up }
spec: { version: ${to}, soak: { for: 1s }, drain: { force: true } }
`

const folder = mkdtempSync(join(tmpdir(), 'falkirk-test-'))
const file = join(folder, 'upgrade.yaml')
let sandbox: Sandbox
let program: string
let kubeconfig: string
const children = new Set<ChildProcess>()

beforeAll(async () => {
  program = join(folder, 'falkirk.js')
  kubeconfig = join(folder, 'kubeconfig')
  const world = smallWorld({ distribution: 'k3s', version: from })
  sandbox = await startSandbox({ clock: systemClock, random: seededRandom(1), world, speed: 4, begins: 'Behind', kubelets: briskKubelets })
  await writeKubeconfig(kubeconfig, sandboxKubeconfig(sandbox))
  writeFileSync(file, manifest)
  await build(program)
}, 300_000)

afterAll(async () => {
  await Promise.all([...children].map((child) => ended(child, 'SIGTERM')))
  await sandbox?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly problems: string
}

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly done: Promise<Ended>
  /** Resolves when the output so far matches; rejects when the program ends before. */
  until(pattern: RegExp): Promise<void>
}

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [program, ...args, '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let output = ''
  let problems = ''
  const waiting = new Set<() => void>()
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString('utf8')
    for (const look of waiting) look()
  })
  child.stderr.on('data', (piece: Buffer) => {
    problems += piece.toString('utf8')
  })
  const done = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      children.delete(child)
      resolve({ code, output, problems })
    })
  })
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(output)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void done.then(({ code }) => reject(new Error(`ended with ${code} before ${pattern}:\n${output}${problems}`)))
    })
  return { child, output: () => output, done, until }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.kill(signal)
  await gone
}

const falkirk = (...args: readonly string[]) => start(...args).done

/** Nodes that are not as they were: cordoned, or with something of Falkirk on them. */
function leftOvers(): readonly string[] {
  return sandbox.twin.api.registry.store.list('nodes').flatMap(({ metadata, spec }) => {
    const marks = Object.keys({ ...metadata.labels, ...metadata.annotations }).filter((key) => key.startsWith('falkirk.dev/'))
    const cordoned = (spec as { unschedulable?: boolean }).unschedulable === true ? ['cordoned'] : []
    return [...marks, ...cordoned].map((mark) => `${metadata.name}: ${mark}`)
  })
}

/** A status is written before the node is: what it tells is true a moment later. */
async function untilClean(): Promise<void> {
  await vi.waitFor(() => expect(leftOvers()).toEqual([]), { timeout: 30_000 })
}

function versions(): readonly string[] {
  const nodes = sandbox.twin.api.registry.store.list('nodes')
  return nodes.map(({ status }) => (status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion)
}

describe('the commands of a ClusterUpgrade, from the built program, on a served cluster', () => {
  it('have nothing to be about before there is an API', async () => {
    const { code, problems } = await falkirk('status')
    expect(problems).toMatch(/^FK_NO_RUN: this cluster has no API of ClusterUpgrades: /)
    expect(code).toBe(2)
  })

  it('say how they would like to be asked', async () => {
    expect(await falkirk('upgrade')).toMatchObject({ code: 2, problems: expect.stringMatching(/^FK_BAD_SETTING: --to is missing/) })
    expect(await falkirk('upgrade', '--too', 'v1')).toMatchObject({ code: 2 })
    expect(await falkirk('upgrade', '--help')).toMatchObject({ code: 0, output: expect.stringContaining('Exit codes: 0 done') })
  })

  it('run, pause, go on, show, cancel and end as they say', { timeout: 600_000 }, async () => {
    const controller = start('run')
    await controller.until(/looks after ClusterUpgrades/)

    const refused = await falkirk('upgrade', '--to', 'v1.32.1+k3s1')
    expect(refused).toMatchObject({ code: 2, problems: expect.stringMatching(/^FK_UPGRADE_REFUSED: .*lower/) })
    expect(await falkirk('status')).toMatchObject({ code: 2, problems: expect.stringContaining('there is no ClusterUpgrade') })

    // left alone by Ctrl-C it goes on
    const first = start('upgrade', '-f', file, '--pools', 'pool=edge,pool=general', '--max', '2')
    await first.until(/server-1: Draining/)
    first.child.kill('SIGINT')
    expect(await first.done).toMatchObject({ code: 130, problems: expect.stringContaining('up is left running') })

    expect(await falkirk('pause')).toMatchObject({ code: 0, output: expect.stringMatching(/^up is paused: /) })
    expect(await falkirk('status', '-w')).toMatchObject({ code: 3, output: expect.stringMatching(/Paused: paused/) })
    await untilClean()
    expect(versions()).toContain(from)
    const seen = await falkirk('status', 'up', '-o', 'json')
    expect(JSON.parse(seen.output)).toMatchObject({ kind: 'ClusterUpgrade', spec: { action: 'Pause' }, status: { phase: 'Paused' } })

    const follower = start('status', '-w', '-o', 'json')
    expect(await falkirk('continue', 'up')).toMatchObject({ code: 0, output: expect.stringMatching(/^up goes on/) })
    const paused = await follower.done
    // it was at rest when the follower came, or had gone on: both are told as they were
    expect([0, 3]).toContain(paused.code)
    const events = paused.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.pop()).toMatchObject({ event: 'Ended', name: 'up', reason: 'AtRest', exitCode: paused.code })
    for (const event of events) expect(event).toMatchObject({ event: 'Status', name: 'up', status: { phase: expect.any(String) } })

    const rest = await falkirk('status', 'up', '-w')
    expect(rest).toMatchObject({ code: 0, output: expect.stringContaining(`Complete: the cluster runs ${to}`) })
    expect(new Set(versions())).toEqual(new Set([to]))
    await untilClean()
    expect(await falkirk('cancel')).toMatchObject({
      code: 2,
      problems: expect.stringContaining('no ClusterUpgrade is under way; the last one, up, is Complete'),
    })
    expect(await falkirk('status')).toMatchObject({ code: 0, output: expect.stringMatching(/^ClusterUpgrade up .*Complete/) })

    const second = start('upgrade', '-f', file, '--to', further, '--name', 'second')
    await second.until(/server-1: Draining/)
    expect(await falkirk('cancel')).toMatchObject({ code: 0, output: expect.stringContaining('second is cancelled') })
    expect(await second.done).toMatchObject({ code: 4 })
    await untilClean()

    controller.child.kill('SIGTERM')
    expect((await controller.done).code).toBe(0)
  })

  it('are lost when the API server stays away', { timeout: 120_000 }, async () => {
    const follower = start('upgrade', '--to', further, '--name', 'third', '--patience', '3s')
    await follower.until(/no controller has looked at it yet/)
    await sandbox.close()
    expect(await follower.done).toMatchObject({ code: 5, problems: expect.stringMatching(/has not answered for .*; third may go on/) })
    expect(await falkirk('status')).toMatchObject({ code: 5, problems: expect.stringMatching(/^FK_API_UNREACHABLE/) })
  })
})

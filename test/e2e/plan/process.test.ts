import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { logTail, type ProcessEnd, startProcess } from '../../rig/owned-process.ts'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { after, startRollout } from './rollout.ts'

let stage: BareStage
let runs = 0

beforeAll(async () => {
  stage = await setBareStage({ name: 'plan-process' })
})

afterAll(async () => {
  await stage?.down()
})

const answerOf = async (falkirk: FalkirkProcess, path: string) => {
  const answer = await fetch(`${falkirk.url}${path}`)
  return { status: answer.status, text: await answer.text() }
}

function valueIn(metrics: string, series: string): number {
  const line = metrics.split('\n').find((one) => one.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1))
}

/** Resolves as soon as the probes' address answers. */
async function untilAnswers(falkirk: FalkirkProcess): Promise<void> {
  const answers = () =>
    answerOf(falkirk, '/healthz').then(
      () => true,
      () => false,
    )
  await expect.poll(answers, { timeout: 60_000, interval: 10 }).toBe(true)
}

describe('a running controller', () => {
  let falkirk: FalkirkProcess

  beforeAll(async () => {
    falkirk = await stage.startController()
    await falkirk.ready()
    const rollout = await startRollout(stage, { name: 'counted', nodes: 2, spec: { version: after, cordon: true } })
    await rollout.untilComplete()
  })

  it('answers its probes, and nothing else', async () => {
    expect(await answerOf(falkirk, '/healthz')).toEqual({ status: 200, text: 'ok\n' })
    expect(await answerOf(falkirk, '/readyz')).toEqual({ status: 200, text: 'ok\n' })
    expect((await answerOf(falkirk, '/')).status).toBe(404)
    expect((await fetch(`${falkirk.url}/healthz`, { method: 'POST' })).status).toBe(405)
  })

  it('counts what it does for Prometheus', async () => {
    // what follows from its own last write may still have to be looked at
    await expect.poll(async () => valueIn((await answerOf(falkirk, '/metrics')).text, 'falkirk_queue_depth')).toBe(0)
    const { status, text } = await answerOf(falkirk, '/metrics')
    const value = (series: string) => valueIn(text, series)
    expect(status).toBe(200)
    expect(text.split('\n').filter((line) => !/^(#|falkirk_|$)/.test(line))).toEqual([])
    expect(value('falkirk_leader')).toBe(1)
    expect(value('falkirk_queue_oldest_seconds')).toBe(0)
    expect(value('falkirk_plan_complete{plan="counted"}')).toBe(1)
    expect(value('falkirk_plan_failed{plan="counted"}')).toBe(0)
    expect(value('falkirk_plan_nodes_in_progress{plan="counted"}')).toBe(0)
    expect(value('falkirk_plan_actions_total{kind="CreateJob",outcome="Done"}')).toBe(2)
    expect(value('falkirk_plan_actions_total{kind="PatchNode",outcome="Done"}')).toBe(4)
    expect(value('falkirk_plan_decisions_total{plan="counted"}')).toBeGreaterThan(4)
    expect(value('falkirk_plan_status_writes_total{plan="counted"}')).toBeGreaterThan(1)
    expect(value('falkirk_plan_decision_seconds_count')).toBeGreaterThan(4)
    expect(value('falkirk_process_resident_memory_bytes')).toBeGreaterThan(2 ** 24)
  })

  it('ends with 0 on SIGTERM, and frees its address', async () => {
    await falkirk.stop()
    expect(falkirk.process.end).toEqual({ exitCode: 0, signal: undefined })
    await expect(fetch(`${falkirk.url}/healthz`)).rejects.toThrow()
  })

  it('ends with 0 on SIGINT as well', async () => {
    const other = await stage.startController()
    await other.ready()
    expect(await other.process.stop('SIGINT')).toEqual({ exitCode: 0, signal: undefined })
  })
})

describe('while the API server is away', () => {
  it('a controller waits for it, says so once, and begins when it is back', async () => {
    await stage.plane.killApiServer()
    const falkirk = await stage.startController({ processName: 'waits' })
    await untilAnswers(falkirk)
    const sentence = /cannot start yet: the API server https:\/\/127\.0\.0\.1:\d+ \(.*\) cannot be reached: nothing listens there; check/
    await expect
      .poll(() => answerOf(falkirk, '/readyz'), { timeout: 30_000 })
      .toEqual({ status: 503, text: expect.stringMatching(sentence) })
    expect((await answerOf(falkirk, '/healthz')).status).toBe(200)
    await expect.poll(() => logTail(falkirk.process.logFile, 100), { timeout: 30_000 }).toMatch(/nothing listens there/)

    await stage.plane.startApiServer()
    await falkirk.ready()
    expect(logTail(falkirk.process.logFile, 100).match(/nothing listens there/g)).toHaveLength(1)
    await falkirk.stop()
    expect(falkirk.process.end?.exitCode).toBe(0)
  })

  it('a controller that waits for it ends with 0 on SIGTERM', async () => {
    const falkirk = await stage.startController({ processName: 'waits-in-vain', args: ['--master=https://127.0.0.1:1'] })
    await untilAnswers(falkirk)
    await falkirk.stop()
    expect(falkirk.process.end).toEqual({ exitCode: 0, signal: undefined })
  })
})

describe('a setting that cannot be used', () => {
  let taken: Server

  beforeAll(async () => {
    taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  })

  afterAll(() => new Promise((resolve) => taken.close(resolve)))

  /** Ends of itself, or the test does. */
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProcessEnd & { output: string }> {
    const logFile = join(stage.logs, `setting-${runs++}.log`)
    const command = [process.execPath, stage.program, ...args] as const
    const owned = startProcess({ name: 'falkirk', logFile, command: [command[0], ...command.slice(1)], env })
    const end = await owned.ended
    return { ...end, output: logTail(logFile, 50) }
  }

  const address = () => `127.0.0.1:${(taken.address() as AddressInfo).port}`
  const needed = ['--name=suc', '--namespace=system-upgrade', '--listen=']
  const kubeconfig = () => `--kubeconfig=${stage.plane.kubeconfigFor('sut')}`

  it.each<[string, () => readonly string[], Record<string, string>, string | RegExp]>([
    [
      'no name',
      () => ['--namespace=x'],
      {},
      'FK_BAD_SETTING: --name is missing: set it, or the environment variable SYSTEM_UPGRADE_CONTROLLER_NAME',
    ],
    [
      'no namespace',
      () => ['--name=x'],
      {},
      'FK_BAD_SETTING: --namespace is missing: set it, or the environment variable SYSTEM_UPGRADE_CONTROLLER_NAMESPACE',
    ],
    ['no number of threads', () => [...needed, '--threads=many'], {}, /^FK_BAD_SETTING: --threads \(\w+\) is "many": write a whole number/],
    [
      'a flag in the environment that is neither true nor false',
      () => needed,
      { SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT: 'maybe' },
      'FK_BAD_SETTING: SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT is "maybe": write true or false',
    ],
    ['an address without a port', () => [...needed, '--listen=here'], {}, 'FK_BAD_SETTING: --listen is "here": write host:port or :port'],
    [
      'an address that is taken',
      () => [...needed, `--listen=${address()}`],
      {},
      /^FK_BAD_SETTING: --listen 127\.0\.0\.1:\d+ cannot be used \(EADDRINUSE\): name a free port$/,
    ],
    ['a kubeconfig that is not there', () => [...needed, '--kubeconfig=/nowhere'], {}, /^FK_KUBECONFIG: .*\/nowhere.*$/],
    ['a context that is not there', () => [...needed, kubeconfig(), '--context=other'], {}, /^FK_KUBECONFIG: .*other.*$/],
    [
      'election times that contradict each other',
      () => needed,
      { CATTLE_ELECTION_LEASE_DURATION: '10s' },
      /^FK_BAD_SETTING: CATTLE_ELECTION_LEASE_DURATION \(10s\) must be longer than CATTLE_ELECTION_RENEW_DEADLINE \(30s\)/,
    ],
    ['authorities that cannot be read', () => needed, { SSL_CERT_FILE: '/nowhere' }, /^FK_BAD_SETTING: SSL_CERT_FILE names \/nowhere/],
  ])('ends the controller with 1 and one sentence: %s', async (_, args, env, sentence) => {
    const { exitCode, output } = await run(['controller', ...args()], env)
    const lines = output.split('\n')
    expect(output).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence))
    expect(lines.length).toBeLessThanOrEqual(3)
    expect(exitCode).toBe(1)
  })

  it('ends the controller with 2, as every command, when it is a flag that there is not', async () => {
    const { exitCode, output } = await run(['controller', ...needed, '--treads=2'])
    expect(output).toMatch(/^error: unknown option '--treads=2'\n\(Did you mean --threads\?\)/)
    expect(exitCode).toBe(2)
  })

  it('ends the controller with 1 when the API server refuses its credentials', async () => {
    const file = join(stage.logs, 'refused.kubeconfig')
    writeFileSync(file, wrongToken(stage.plane.server))
    const { exitCode, output } = await run(['controller', ...needed, `--kubeconfig=${file}`])
    expect(output).toMatch(/^FK_API_REFUSED: the API server does not accept the credentials of .*refused\.kubeconfig/m)
    expect(output).not.toContain('hunter2')
    expect(exitCode).toBe(1)
  })

  it('is told and left aside where it concerns Plans, as it always was', async () => {
    const falkirk = await stage.startController({ processName: 'bad-env', env: { SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: 'lots' } })
    await falkirk.ready()
    expect(logTail(falkirk.process.logFile, 50)).toContain(
      'failed to parse $SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: \\"lots\\" is not a whole number; 2 stays in force',
    )
    await falkirk.stop()
  })
})

function wrongToken(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'hunter2' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  })
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { logTail } from '../../rig/owned-process.ts'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { after, type Rollout, startRollout } from './rollout.ts'
import { namespace } from './stage.ts'

interface Lease {
  readonly spec: {
    readonly holderIdentity: string
    readonly leaseDurationSeconds: number
    readonly acquireTime: string
    readonly renewTime: string
    readonly leaseTransitions: number
  }
}

const leaseSeconds = 15
const election = {
  CATTLE_ELECTION_LEASE_DURATION: `${leaseSeconds}s`,
  CATTLE_ELECTION_RENEW_DEADLINE: '10s',
  CATTLE_ELECTION_RETRY_PERIOD: '1s',
}
const replicas = ['replica-a', 'replica-b', 'replica-c', 'replica-d']
const changing = new Set(['create', 'update', 'patch', 'delete'])

let stage: BareStage

beforeAll(async () => {
  const users = replicas.map((name) => ({ name, groups: ['system:masters'] }))
  stage = await setBareStage({ name: 'plan-leader-election', users, auditedUsers: replicas })
})

afterAll(async () => {
  await stage?.down()
})

/** Each replica is a user of its own, so that the audit log tells who did what. */
async function startReplica(name: string): Promise<FalkirkProcess> {
  const replica = await stage.startController({
    processName: name,
    kubeconfig: stage.plane.kubeconfigFor(name),
    leaderElect: true,
    env: { ...election, FALKIRK_LEASE_IDENTITY: name },
  })
  await replica.ready()
  return replica
}

async function lease(): Promise<Lease['spec']> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/system-upgrade-controller`
  return (await stage.plane.api.get<Lease>(path)).spec
}

async function untilLeads(name: string, timeout = 60_000): Promise<Lease['spec']> {
  await expect.poll(async () => (await lease()).holderIdentity, { timeout, interval: 100 }).toBe(name)
  return lease()
}

/** What a replica has changed; its Lease and what it tells are left out. */
function writes(replica: string, sinceMs = 0, counts: (request: { code: number }) => boolean = () => true): string[] {
  const made = stage.plane
    .requests(replica)
    .filter(({ verb, resource }) => changing.has(verb) && resource !== 'leases' && resource !== 'events')
    .filter(counts)
  return made.filter(({ atMs }) => atMs >= sinceMs).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
}

function rollOut(name: string, nodes: number): Promise<Rollout> {
  stage.script.upgrade(name, () => ({ seconds: 0.3 }))
  return startRollout(stage, { name, nodes, spec: { version: after, concurrency: 2, cordon: true } })
}

async function untilDone(rollout: Rollout, count: number): Promise<void> {
  const done = () => rollout.nodes.filter((node) => rollout.done(node) !== undefined).length
  await stage.observer.until(`${count} nodes of ${rollout.name} are done`, () => done() >= count)
}

const seconds = (later: string, earlier: string) => (Date.parse(later) - Date.parse(earlier)) / 1000

describe('replicas with leader election', () => {
  let a: FalkirkProcess
  let b: FalkirkProcess
  let c: FalkirkProcess

  it('wait while one leads: they are ready, and write nothing', async () => {
    a = await startReplica('replica-a')
    await untilLeads('replica-a')
    b = await startReplica('replica-b')
    const rollout = await rollOut('first', 4)
    await rollout.untilComplete()
    expect(writes('replica-a')).not.toEqual([])
    expect(writes('replica-b').filter((write) => !write.includes('customresourcedefinitions'))).toEqual([])
    expect(await metric(a, 'falkirk_leader')).toBe(1)
    expect(await metric(b, 'falkirk_leader')).toBe(0)
  })

  it('go on within the lease time when the leader is killed, and not before it is over', async () => {
    const rollout = await rollOut('killed', 8)
    await untilDone(rollout, 2)
    await a.kill()
    const last = await lease()
    const next = await untilLeads('replica-b')
    await rollout.untilComplete()

    const waited = seconds(next.acquireTime, last.renewTime)
    process.stdout.write(
      `after SIGKILL of the leader the next leads ${waited.toFixed(1)} s after its last sign (lease ${leaseSeconds} s)\n`,
    )
    expect(waited).toBeGreaterThanOrEqual(leaseSeconds)
    // a contender looks every 1 to 2.2 s; the rest is what a busy machine takes
    expect(waited).toBeLessThan(leaseSeconds + 2.2 + 12)
    expect(next.leaseTransitions).toBe(last.leaseTransitions + 1)
    expect(
      rollout
        .runs()
        .map(({ node }) => node)
        .sort(),
    ).toEqual([...rollout.nodes].sort())
    expect(rollout.leftOvers()).toEqual([])
  })

  it('take over at once from a leader that is told to stop: it gives the lease back and ends with 0', async () => {
    c = await startReplica('replica-c')
    const rollout = await rollOut('stopped', 8)
    await untilDone(rollout, 2)
    const stoppedMs = Date.now()
    await b.stop()
    expect(b.process.end).toEqual({ exitCode: 0, signal: undefined })
    const next = await untilLeads('replica-c')
    const waited = (Date.parse(next.acquireTime) - stoppedMs) / 1000
    process.stdout.write(`after SIGTERM of the leader the next leads ${waited.toFixed(1)} s later\n`)
    await rollout.untilComplete()
    expect(waited).toBeLessThan(leaseSeconds - 3)
    expect(rollout.runs()).toHaveLength(8)
    expect(rollout.leftOvers()).toEqual([])
  })

  it('survive a leader that was paused for longer than its lease: it writes nothing more, says why, and ends with 1', async () => {
    const d = await startReplica('replica-d')
    const rollout = await rollOut('paused', 24)
    await untilDone(rollout, 2)
    process.kill(c.process.pid, 'SIGSTOP')
    await untilLeads('replica-d')
    await untilDone(rollout, 6)
    const wokenMs = Date.now()
    process.kill(c.process.pid, 'SIGCONT')

    expect(await c.process.ended).toEqual({ exitCode: 1, signal: undefined })
    expect(logTail(c.process.logFile)).toMatch(/^FK_LEASE_LOST: lost the lease system-upgrade\/system-upgrade-controller: .*$/m)
    await rollout.untilComplete()
    // what was on its way when the process was stopped arrives late, and is refused: it names the version that it was made from
    expect(writes('replica-c', wokenMs, ({ code }) => code < 300)).toEqual([])
    expect((await lease()).holderIdentity).toBe('replica-d')
    expect(rollout.runs()).toHaveLength(24)
    expect(rollout.leftOvers()).toEqual([])
    await d.stop()
    expect(d.process.end?.exitCode).toBe(0)
  })
})

async function metric(replica: FalkirkProcess, name: string): Promise<number> {
  const text = await (await fetch(`${replica.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

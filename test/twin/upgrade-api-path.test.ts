import { afterEach, expect, it } from 'vitest'
import type { ApiServers } from '../../src/controller/shell.ts'
import { HostFault } from '../../src/node/ssh/host-fault.ts'
import { TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

/** Three control planes behind a balancer that nobody of them has; the controller is there. */
async function started(servers?: ApiServers): Promise<{ readonly run: UpgradeCluster; readonly hosts: TwinHosts }> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4', servers: 3, workers: 1, distribution: 'kubeadm' })
  running.push(run)
  const hosts = new TwinHosts(run.cluster)
  run.cluster.startController({ hosts, ...(servers === undefined ? {} : { servers }) })
  return { run, hosts }
}

const spec = { version: 'v1.31.5', node: { via: 'SSH' } } as const

async function expectComplete(run: UpgradeCluster): Promise<void> {
  const { progress } = await run.until('up', ({ phase }) => phase === 'Complete')
  expect(progress).toMatchObject({ controlPlane: '3/3', nodes: '1/1' })
  expect(run.witness.leftOvers()).toEqual([])
  expect(run.problems()).toEqual([])
}

const leftOut =
  /^server-0: behind https:\/\/192\.0\.2\.1:6443 server-0 and server-2 answered \d+ new connections from .*, and server-1 none: put .* into the balancer, .*; nothing was touched/

it('a control plane that the balancer leaves out is named before anything is touched; put back, the run goes on by itself', async () => {
  const { run, hosts } = await started()
  hosts.leftOut.add('server-1')
  await run.create('up', spec)
  const { phase, message } = await run.until('up', ({ inFlight }) => inFlight?.[0]?.message?.includes('asked again') === true)
  expect(phase).toBe('ControlPlane')
  expect(message).toMatch(leftOut)
  expect(message).toMatch(/; it is asked again every 30 s, for 30 more minutes$/)
  expect(hosts.acted).toEqual([])
  hosts.leftOut.clear()
  await expectComplete(run)
  // those that come later are asked no more: the first is back when they are begun
  expect(hosts.calls.filter(({ word }) => word === 'api-path')).toHaveLength(8)
})

it('that nobody puts back stops the run after half an hour, and it goes on when it is continued', async () => {
  const { run, hosts } = await started()
  hosts.leftOut.add('server-1')
  const { startedAt = '' } = await run.create('up', spec).then(() => run.until('up', (status) => status.startedAt !== undefined))
  const { stop } = await run.until('up', ({ phase }) => phase === 'Stopped')
  expect(stop?.message).toMatch(leftOut)
  expect((Date.parse(stop?.since ?? '') - Date.parse(startedAt)) / 60_000).toBeGreaterThan(29)
  expect(hosts.acted).toEqual([])
  hosts.leftOut.clear()
  await run.edit('up', { continueFrom: 1 })
  await expectComplete(run)
})

it.each(['before', 'while it waits'])('that is accepted by name, where the balancer has reasons of its own: %s', async (when) => {
  const { run, hosts } = await started()
  hosts.leftOut.add('server-1')
  const acceptedRisks = [{ check: 'ApiPath', reason: 'the balancer goes by weights' }]
  await run.create('up', when === 'before' ? { ...spec, acceptedRisks } : spec)
  if (when !== 'before') {
    await run.until('up', ({ message }) => message?.includes('asked again') === true)
    await run.edit('up', { acceptedRisks })
  }
  await expectComplete(run)
  expect(hosts.calls.filter(({ word }) => word === 'api-path')).toHaveLength(when === 'before' ? 4 : 8)
})

it('a host that does not answer then is no reason to wait: what it would have told is not known, and said', async () => {
  const { run, hosts } = await started()
  hosts.onCall = ({ node, word }) => {
    if (word === 'api-path' && node === 'server-2') throw new HostFault('Unreachable', 'node server-2 does not answer')
  }
  await run.create('up', spec)
  await expectComplete(run)
})

it('while a control plane is worked on, the API is asked at another, and at any afterwards', async () => {
  const kept: (readonly string[])[] = []
  const { run, hosts } = await started({ keepFrom: async (addresses) => void kept.push(addresses) })
  const askedMeanwhile: string[] = []
  hosts.onCall = ({ node, step }, when) => {
    if (when === 'Before' && step === 'hand-over-api') askedMeanwhile.push(`${node}: not ${kept.at(-1)?.join()}`)
  }
  await run.create('up', spec)
  await expectComplete(run)
  expect([...new Set(askedMeanwhile)]).toEqual(['server-0: not 10.0.1.1', 'server-1: not 10.0.1.2', 'server-2: not 10.0.1.3'])
  expect(kept).toEqual([['10.0.1.1'], ['10.0.1.2'], ['10.0.1.3'], []])
  // the run that has ended stays in the cluster, is woken with every change, and has no say any more
  kept.length = 0
  await run.create('further', { ...spec, version: 'v1.32.2' })
  await run.until('further', ({ phase }) => phase === 'Complete')
  expect(kept).toEqual([['10.0.1.1'], ['10.0.1.2'], ['10.0.1.3'], []])
})

it('the control plane that has the address of the API comes last of them; one that does not say so is no reason to wait', async () => {
  const { run, hosts } = await started()
  hosts.addressHolder = 'server-0'
  hosts.onCall = ({ node, word }) => {
    if (word === 'facts' && node === 'server-2' && hosts.acted.length === 0) throw new HostFault('Unreachable', 'no answer yet')
  }
  await run.create('up', spec)
  await expectComplete(run)
  const replaced = hosts.acted.filter((step) => step.endsWith(' upgrade-node')).map((step) => step.split(' ')[0])
  expect(replaced).toEqual(['server-1', 'server-2', 'server-0', 'worker-0'])
})

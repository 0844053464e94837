import { afterEach, describe, expect, it } from 'vitest'
import { TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

const version = 'v1.30.4'
const os = { packages: 'All', reboot: 'IfRequired' } as const

async function stage() {
  const run = await UpgradeCluster.start({ version, servers: 1, workers: 2, distribution: 'kubeadm' })
  running.push(run)
  return { run, hosts: new TwinHosts(run.cluster) }
}

function boots(run: UpgradeCluster): readonly string[] {
  return run.cluster.store.list('nodes').map(({ status }) => (status as { nodeInfo: { bootID: string } }).nodeInfo.bootID)
}

const names = ['server-0', 'worker-0', 'worker-1']

describe('packages and reboots over SSH, on the twin', () => {
  it('are done once a node, whoever goes on after a kill in the middle of a reboot', async () => {
    const { run, hosts } = await stage()
    const before = boots(run)
    const first = run.cluster.startController({ hosts })
    await run.create('os', { version, scope: 'Hosts', node: { via: 'SSH', os } })
    await run.until('os', ({ inFlight = [] }) => inFlight.some(({ message }) => message?.includes('restarts, and is waited for')))
    const end = first.stop()
    await run.cluster.clock.advance(1_000)
    await end
    run.cluster.startController({ hosts })
    const { message } = await run.until('os', ({ phase }) => phase === 'Complete')
    expect(message).toBe('every node is done: packages, a reboot if it is required')
    for (const step of ['install-packages', 'reboot'])
      expect(hosts.acted.filter((act) => act.endsWith(` ${step}`))).toEqual(names.map((name) => `${name} ${step}`))
    expect(boots(run).filter((boot) => before.includes(boot))).toEqual([])
    // the note of what was done stays
    expect(run.witness.leftOvers()).toEqual(names.map((name) => `${name} is left with falkirk.dev/os`))
    expect(run.problems()).toEqual([])
  })

  it('are done in the drain of an upgrade, before Kubernetes', async () => {
    const { run, hosts } = await stage()
    run.cluster.startController({ hosts })
    await run.create('up', { version: 'v1.31.5', node: { via: 'SSH', os } })
    await run.until('up', ({ phase }) => phase === 'Complete')
    const onWorker = hosts.acted.flatMap((act) => (act.startsWith('worker-0 ') ? [act.slice('worker-0 '.length)] : []))
    expect(onWorker.filter((step) => step === 'reboot' || step === 'restart-kubelet')).toEqual(['reboot', 'restart-kubelet'])
    expect(run.problems()).toEqual([])
  })
})

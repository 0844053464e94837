import { afterEach, describe, expect, it } from 'vitest'
import type { RequestFaults } from '../../src/twin/api/http/request-faults.ts'
import { StatusError } from '../../src/twin/api/status-error.ts'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { TwinHosts } from './twin-hosts.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'
import { namespace } from './virtual-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

/** Controllers that do nothing about what is made in the namespace of the controller, as if their watches told nothing more. */
class Blindness implements RequestFaults {
  isBlind = false

  judge(
    { resource }: Parameters<RequestFaults['judge']>[0],
    { username }: Parameters<RequestFaults['judge']>[1],
  ): ReturnType<RequestFaults['judge']> {
    if (!this.isBlind || username !== 'system:kube-controller-manager' || resource?.namespace !== namespace) return undefined
    return { kind: 'Refuse', error: new StatusError(500, '', 'etcdserver: no leader') }
  }
}

const lease: DraftObject = {
  metadata: { namespace: 'kube-system', name: 'kube-controller-manager' },
  spec: { holderIdentity: 'server-1_8a7b' },
}

async function started(distribution: 'k3s' | 'kubeadm', version: string) {
  const faults = new Blindness()
  const objects = [['leases.coordination.k8s.io', lease] as const]
  const run = await UpgradeCluster.start({ version, servers: 2, workers: 1, distribution, faults, objects })
  running.push(run)
  const hosts = new TwinHosts(run.cluster)
  run.cluster.startController({ hosts })
  return { run, hosts, faults }
}

function canaries({ cluster }: UpgradeCluster): readonly string[] {
  const kinds = ['services', 'jobs.batch', 'pods', 'poddisruptionbudgets.policy', 'endpoints', 'endpointslices.discovery.k8s.io']
  return kinds
    .flatMap((kind) => cluster.store.list(kind).map(({ metadata }) => `${kind} ${metadata.name}`))
    .filter((name) => name.includes('falkirk-canary'))
}

/** What is told beside the story of the run. */
function events(run: UpgradeCluster): readonly string[] {
  return run.events().flatMap(({ text }) => (text.startsWith('Controllers') ? [text] : []))
}

describe('controllers that see nothing after a control-plane node was changed, while all is Ready', () => {
  it('over SSH have their leader started anew; no other node is touched before they do their work again', async () => {
    const { run, hosts, faults } = await started('kubeadm', 'v1.30.4')
    hosts.onStep = ({ kind, node, call }) => {
      if (call.step === 'take-over-api' && node === 'server-0') faults.isBlind = true
      if (call.step === 'restart-controllers' && kind === 'Ended') faults.isBlind = false
      if (faults.isBlind && kind === 'Began')
        expect(['take-over-api', 'restart-controllers'].includes(call.step) || isAhead(call.step)).toBe(true)
    }
    await run.create('up', { version: 'v1.31.5', node: { via: 'SSH' } })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(hosts.acted.filter((act) => act.endsWith(' restart-controllers'))).toEqual(['server-1 restart-controllers'])
    expect(events(run)).toEqual([
      expect.stringMatching(
        /^ControllersBlind: kube-controller-manager of server-1 is started anew, because after the upgrade of server-0 /,
      ),
    ])
    await run.cluster.clock.advance(60_000)
    expect(canaries(run)).toEqual([])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('by Jobs are waited for, and the run stops when they do not come back; what was sent is gone then', async () => {
    const { run, faults } = await started('k3s', 'v1.30.4+k3s1')
    let isFirst = true
    run.cluster.store.subscribe(({ object }) => {
      if (!isFirst || object.metadata.annotations?.['falkirk.dev/run']?.includes('"step":"Soaking"') !== true) return
      isFirst = false
      faults.isBlind = true
    })
    await run.create('up', { version: 'v1.31.5+k3s1' })
    const { message } = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(message).toContain('start kube-controller-manager anew on server-1, which leads: systemctl restart k3s; then falkirk continue')
    expect(run.witness.changed).toEqual(['server-0'])
    faults.isBlind = false
    await run.cluster.clock.advance(120_000)
    expect(canaries(run)).toEqual([])
    await run.edit('up', { continueFrom: 1 })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.problems()).toEqual([])
  })
})

/** Steps that disturb nothing, and may be done for the node that comes next. */
function isAhead(step: string): boolean {
  return ['switch-repository', 'find-packages', 'download-packages', 'pull-images', 'find-manual-edits'].includes(step)
}

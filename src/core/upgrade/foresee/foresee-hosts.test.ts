import { expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { nodeFacts } from '../../recipe/kubeadm/node-facts.test-support.ts'
import { transcript } from '../../recipe/transcript.ts'
import { anUpgrade, RunWorld, server, several, worker } from '../run-world.test-support.ts'
import { foreseeHosts } from './foresee-hosts.ts'
import { foreseeUpgrade } from './foresee-upgrade.ts'

const kubeletVersion = 'v1.29.6'
const upgrade = anUpgrade({ version: 'v1.31.5', node: { via: 'SSH' } })
const nodes = [...several(2, (index) => server(index, { kubeletVersion })), worker(0, { kubeletVersion })]
const { facts } = new RunWorld(nodes, { upgrade, apiServer: kubeletVersion, reachesHosts: true })

it('shows what each host is asked for in the order of the run, over all hops, as it is found then', () => {
  const hosts = new Map(
    nodes.map(({ name }) => [
      name,
      nodeFacts({ name, version: kubeletVersion, role: name.startsWith('server') ? 'ControlPlane' : 'Worker' }),
    ]),
  )
  const planned = foreseeHosts(foreseeUpgrade(facts, noonMs).nodes, facts, hosts)
  expect(planned.filter(({ order }) => order.step === 'Change').map(({ order }) => `${order.node} ${order.version} ${order.part}`)).toEqual(
    [
      'server-0 v1.30.14 FirstControlPlane',
      'server-1 v1.30.14 ControlPlane',
      'server-0 v1.31.5 FirstControlPlane',
      'server-1 v1.31.5 ControlPlane',
      'worker-0 v1.31.5 Worker',
    ],
  )
  expect(transcript(planned)).toContain('### server-0: v1.30.14, beforehand; nothing is disturbed')
})

it('leaves out hosts that nobody has looked at', () => {
  expect(foreseeHosts(foreseeUpgrade(facts, noonMs).nodes, facts, new Map())).toEqual([])
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseHostFacts } from '../../core/host/host-facts.ts'
import { layoutOf } from '../../core/host/layout.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'
import type { Host } from '../../node/host.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { lookAtApi } from './look-at-api.ts'
import type { NodeReport } from './node-report.ts'
import { nodesData } from './nodes-data.ts'
import { nodesTable, wideNodesTable } from './nodes-table.ts'

const shared = 'https://10.0.0.100:6443'
const found = JSON.parse(readFileSync(join(import.meta.dirname, '../../core/host/testdata/kubeadm-containerd.facts.json'), 'utf8'))

function node(name: string): NodeOverview {
  const roles = name.startsWith('cp') ? ['control-plane'] : []
  const told = { version: 'v1.34.2', runtime: 'containerd 1.7.28', os: 'Rocky', kernel: '5.14', machineId: 'm', bootId: 'b' }
  return { name, roles, ready: true, schedulable: true, address: `10.0.0.${name.slice(2)}`, ...told }
}

/** A host whose kubelet goes there. */
function report(of: NodeOverview, server: string): NodeReport {
  const apiServer = { path: '/etc/kubernetes/manifests/kube-apiserver.yaml', arguments: [`--advertise-address=${of.address}`] }
  const facts = {
    ...found,
    staticPods: of.roles.length > 0 ? [apiServer] : [],
    api: { servers: [{ file: '/etc/kubernetes/kubelet.conf', server }], addresses: [], names: [] },
  }
  const read = parseHostFacts(JSON.stringify(facts))
  if (read.kind === 'Refused') throw new Error(read.message)
  return { node: of, host: { kind: 'Seen', facts: read.facts, layout: layoutOf(read.facts) }, findings: [] }
}

const certificate = (name: string) => Buffer.from(name).toString('hex').padStart(64, '0')

/** What the script prints on a host behind which these members answer. */
function answering(name: string, behind: readonly string[], ready = 'ok'): Host {
  const own = { place: `10.0.0.${name.slice(2)}:6443`, ready, certificate: certificate(name) }
  const answer = {
    format: 'falkirk.dev/api-path/v1',
    api: { servers: [{ file: '/etc/kubernetes/kubelet.conf', server: shared }] },
    ...(name.startsWith('cp') ? { own } : {}),
    asked: [{ server: shared, failed: '0', seen: behind.map((one) => ({ certificate: certificate(one), count: '10' })) }],
    unread: [],
    cut: 'no',
    complete: 'yes',
  }
  return { name, run: async () => ({ exitCode: 0, stdout: JSON.stringify(answer), stderr: '' }) }
}

const nodes = ['cp1', 'cp2', 'cp3', 'w17'].map(node)
const text = (looked: Awaited<ReturnType<typeof lookAtApi>>) => nodesTable({ ...looked, looked: true }, 120)

it('tells who answers behind the address that hosts share', async () => {
  const all = nodes.map((each) => report(each, shared))
  const looked = await lookAtApi(nodes, all, (name) => answering(name, ['cp1', 'cp2', 'cp3']))
  expect(text(looked)).toMatch(
    /^API {5}https:\/\/10\.0\.0\.100:6443: connections from cp1, cp2, cp3 and w17 came to cp1 40, cp2 40, cp3 40$/m,
  )
  expect(looked.reports.flatMap(({ findings }) => findings)).toEqual([])
  expect(JSON.parse(nodesData({ ...looked, looked: true }, 'json'))).toMatchObject({
    api: [{ server: shared, answered: { cp1: 40, cp2: 40, cp3: 40 }, strangers: 0, failed: 0 }],
  })
})

it('names a member that a balancer leaves out, with its hosts', async () => {
  const all = nodes.map((each) => report(each, shared))
  const { reports } = await lookAtApi(nodes, all, (name) => answering(name, ['cp1', 'cp3']))
  expect(reports.map(({ findings }) => findings.map(({ severity, message }) => `${severity} ${message.slice(-12)}`))).toEqual(
    nodes.map(() => ['Blocks and cp2 none']),
  )
})

it('names a kubelet that goes to one control plane alone, and where each goes', async () => {
  const all = nodes.map((each) => report(each, each.name === 'w17' ? 'https://10.0.0.2:6443' : shared))
  const looked = await lookAtApi(nodes, all, (name) => answering(name, ['cp1', 'cp2', 'cp3']))
  expect(text(looked).replaceAll(/\s+/g, ' ')).toContain(
    'RISK the kubelet reaches the API at cp2 alone (https://10.0.0.2:6443): its node is NotReady while the API server there is replaced',
  )
  expect(wideNodesTable({ ...looked, looked: true })).toMatch(/^w17 .* 10\.0\.0\.2:6443 \(cp2 alone\) /m)
})

it('asks nobody where not all control planes were looked at, and says who was not heard', async () => {
  const all = nodes.map((each) => report(each, shared))
  const some = await lookAtApi(nodes, all.slice(1), () => {
    throw new Error('nobody is to be asked')
  })
  expect(text(some)).toContain('API     who answers was not asked, as not all control planes were looked at (cp1)\n')
  const away: Host = { name: 'cp2', run: () => Promise.reject(new HostFault('Unreachable', 'node cp2 does not answer')) }
  const { reports } = await lookAtApi(nodes, all, (name) => (name === 'cp2' ? away : answering(name, ['cp1', 'cp3'])))
  expect(reports[1]?.findings.map(({ message }) => message)).toEqual([
    'whether the API server of cp2 answers is not known: node cp2 does not answer',
  ])
})

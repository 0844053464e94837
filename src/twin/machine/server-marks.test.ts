import { expect, it } from 'vitest'
import { sandboxCluster } from '../load/sandbox-cluster.ts'
import { newMachine } from './new-machine.ts'

const roles = (labels: Readonly<Record<string, string>>) =>
  Object.keys(labels).flatMap((label) => /^node-role\.kubernetes\.io\/(.*)/.exec(label)?.[1] ?? [])

it.each([
  { distribution: 'kubeadm', version: 'v1.19.4', labels: ['master'], taints: ['master'] },
  { distribution: 'kubeadm', version: 'v1.23.1', labels: ['control-plane', 'master'], taints: ['master'] },
  { distribution: 'kubeadm', version: 'v1.24.0', labels: ['control-plane'], taints: ['master', 'control-plane'] },
  { distribution: 'kubeadm', version: 'v1.33.5', labels: ['control-plane'], taints: ['control-plane'] },
  { distribution: 'k3s', version: 'v1.33.5+k3s1', labels: ['control-plane', 'master'], taints: [] },
] as const)('a server of $distribution $version is $labels, tainted $taints', ({ distribution, version, labels, taints }) => {
  const [server, ...others] = sandboxCluster({ distribution, version, random: () => 0 }).machines
  expect(roles(server?.labels ?? {})).toEqual(labels)
  expect(server?.taints.map(({ key }) => key)).toEqual(taints.map((name) => `node-role.kubernetes.io/${name}`))
  expect(others.filter(({ role }) => role === 'Agent').flatMap((agent) => [...roles(agent.labels), ...agent.taints])).toEqual([])
  expect(roles(newMachine({ name: 'n', version, distribution, role: 'Server', bootId: 'b' }).labels)).toEqual(labels)
})

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type HostFacts, parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { judgeHost } from '../../../src/core/host/judge-host.ts'
import { layoutOf } from '../../../src/core/host/layout.ts'
import { etcdText } from '../../../src/core/version/etcd-version.ts'
import { parseVersion } from '../../../src/core/version/kubernetes-version.ts'
import { factsOf } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

const folder = join(import.meta.dirname, '../../../src/core/host/testdata')
const nowMs = Date.parse('2026-11-22T00:00:00Z')

/** Where the cluster of each host is to go. */
const targets: Readonly<Record<string, string>> = {
  'kubeadm-docker': 'v1.25.16',
  'kubeadm-containerd': 'v1.35.8',
  'binary-worker': 'v1.21.14',
  k3s: 'v1.34.2+k3s1',
  rke2: 'v1.32.13+rke2r3',
  'external-etcd': 'v1.34.11',
}

it.each(Object.entries(hostLayouts))('what there is on a host of kind %s is found, without a secret, and read', (name, host) => {
  const output = factsOf(host)
  expect(output).not.toMatch(/hunter2|c2VjcmV0|secret/)
  golden(`${name}.facts.json`, `${JSON.stringify(JSON.parse(output), null, 2)}\n`)
  const read = parseHostFacts(output)
  if (read.kind === 'Refused') throw new Error(read.message)
  golden(`${name}.judged.yaml`, judged(read.facts, targets[name] ?? ''))
})

// sh is dash on Debian and Ubuntu, bash on the families of Red Hat and SUSE
it.each(['dash', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0))('%s reads hosts as sh does', (shell) => {
  for (const host of [hostLayouts['kubeadm-docker'], hostLayouts.k3s]) {
    if (host === undefined) throw new Error('there is no such host')
    expect(factsOf(host, shell)).toBe(factsOf(host))
  }
})

it('there is no test data of a host that is not looked at', () => {
  const names = readdirSync(folder).map((file) => file.split('.')[0])
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(hostLayouts).toSorted())
})

function golden(file: string, text: string): void {
  const path = join(folder, file)
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
}

/** How the host is put together, and what the way to the version meets there. */
function judged(facts: HostFacts, to: string): string {
  const target = parseVersion(to)
  if (target === undefined) throw new Error(`"${to}" is no version`)
  const { version, etcd, ...layout } = layoutOf(facts)
  const shown = {
    ...layout,
    ...(version === undefined ? {} : { version: version.text }),
    ...(etcd === undefined ? {} : { etcd: { ...etcd, ...(etcd.version === undefined ? {} : { version: etcdText(etcd.version) }) } }),
  }
  const findings = judgeHost({ facts, layout: layoutOf(facts), target, nowMs })
  return stringify({ layout: shown, target: to, findings }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

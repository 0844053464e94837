import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { etcdText } from '../version/etcd-version.ts'
import { parseVersion } from '../version/kubernetes-version.ts'
import { parseHostFacts } from './host-facts.ts'
import { judgeHost } from './judge-host.ts'
import { layoutOf } from './layout.ts'

const folder = join(import.meta.dirname, 'testdata')
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

it.each(Object.entries(targets))('reads how a host of kind %s is put together, and what the way to %s meets there', (name, to) => {
  const read = parseHostFacts(readFileSync(join(folder, `${name}.facts.json`), 'utf8').replaceAll('\n', ''))
  const target = parseVersion(to)
  if (read.kind === 'Refused' || target === undefined) throw new Error(`${name} was not read`)
  const layout = layoutOf(read.facts)
  const { version, etcd } = layout
  const shown = {
    ...layout,
    ...(version === undefined ? {} : { version: version.text }),
    ...(etcd?.version === undefined ? {} : { etcd: { ...etcd, version: etcdText(etcd.version) } }),
  }
  const findings = judgeHost({ facts: read.facts, layout, target, nowMs })
  const text = stringify({ layout: shown, target: to, findings }, { aliasDuplicateObjects: false, lineWidth: 0 })
  const file = join(folder, `${name}.judged.yaml`)
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
})

it('has a target for every host of the test data', () => {
  const names = readdirSync(folder).flatMap((file) => /^(.+)\.facts\.json$/.exec(file)?.[1] ?? [])
  expect(names.sort()).toEqual(Object.keys(targets).sort())
})

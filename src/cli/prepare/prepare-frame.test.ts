import { describe, expect, it } from 'vitest'
import type { HostPreparation } from '../../core/prepare/plan-preparation.ts'
import { drawPrepare, type HostProgress } from './prepare-frame.ts'

const second = 1_000
const size = { columns: 60, rows: 12 }

function done(node: string): HostPreparation {
  const there = { there: true, bytes: 20 * 2 ** 20 }
  const packages = ['kubeadm', 'kubelet'].map((name) => ({
    name,
    exactly: `${name}=1.21.14-*`,
    file: `${name}_1.21.14-*_amd64.deb`,
    ...there,
  }))
  const hop = { files: [], exactImages: true, kubeadm: { name: '/k', there: true }, there: true, packages }
  const images = (version: string) => [`r/kube-proxy:${version}`, 'r/pause:3.2'].map((name) => ({ name, there: true, file: `${name}.tar` }))
  return {
    node,
    role: 'Worker',
    hops: ['v1.21.14', 'v1.22.17'].map((version) => ({ ...hop, version, images: images(version) })),
  }
}

const atWork = (node: string): HostProgress => ({
  node,
  versions: ['v1.21.14', 'v1.22.17'],
  hop: 'v1.22.17',
  step: 'download-packages: fetches kubeadm kubelet kubectl 1.22.17',
  sinceMs: 30 * second,
})
const frame = { version: 'v1.22.17', beginMs: 0, nowMs: 42 * second, isOver: false }

describe('the picture of falkirk prepare', () => {
  it('has a line for each host at work, and counts the others', () => {
    const hosts: HostProgress[] = [
      atWork('cp1'),
      { node: 'w1', versions: ['v1.22.17'] },
      { node: 'w2', versions: ['v1.22.17'], end: { kind: 'Done', preparation: done('w2') } },
      {
        node: 'w3',
        versions: ['v1.22.17'],
        end: { kind: 'Failed', message: 'its disk is full: make room; nothing was touched', lines: ['a', 'b'] },
      },
    ]
    expect(drawPrepare({ ...frame, hosts }, size)).toEqual([
      'Prepare v1.22.17   1 of 4 hosts done, 1 failed   42 s',
      '',
      'HOST   HOP              TIME   STEP',
      'cp1    v1.22.17 (2/2)   12 s   ▸ download-packages: fetches…',
      '',
      '✘ w3: its disk is full: make room; nothing was touched',
      '  a',
      '  b',
      '',
      'Ctrl-C leaves running what was begun on hosts',
    ])
  })

  it('says at the end what lies on each host, an image of two hops once', () => {
    const hosts: HostProgress[] = [{ node: 'w2', versions: [], end: { kind: 'Done', preparation: done('w2') } }]
    expect(drawPrepare({ ...frame, hosts, isOver: true }, size)).toEqual([
      'Prepare v1.22.17   1 of 1 hosts done   42 s',
      '',
      'HOST   WHAT IS THERE',
      'w2     ✓ v1.21.14, v1.22.17: 4 packages (80 MiB), 3 images',
    ])
  })

  it.each([
    { columns: 60, rows: 12 },
    { columns: 20, rows: 5 },
    { columns: 200, rows: 3 },
  ])('stays within $columns columns and $rows rows', ({ columns, rows }) => {
    const hosts = Array.from({ length: 40 }, (_, index) => atWork(`worker-with-a-long-name-${index}`))
    const lines = drawPrepare({ ...frame, hosts }, { columns, rows })
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
  })
})

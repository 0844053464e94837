import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Distribution } from '../../version/distribution.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { shippedReleases } from '../../version/shipped-releases.ts'
import { computePath } from './compute-path.ts'

const releases = shippedReleases()

/** The path between two versions as YAML. */
function pathText(from: string, to: string, distribution: Distribution): string {
  const [running, target] = [parseVersion(from), parseVersion(to)]
  if (running === undefined || target === undefined) throw new Error(`${from} to ${to} was not read`)
  const result = computePath({ from: { controlPlane: [running] }, to: target, distribution, workers: 'Lazy', releases })
  if (result.kind === 'Refused') throw new Error(result.message)
  return stringify(result.path, { aliasDuplicateObjects: false, lineWidth: 0 })
}

it.each([
  { name: 'kubeadm-1.14-to-1.21', from: 'v1.14.5', to: 'v1.21.14', distribution: 'kubeadm' },
  { name: 'upstream-1.14-to-1.21', from: 'v1.14.5', to: 'v1.21.14', distribution: 'upstream' },
  { name: 'kubeadm-1.25-to-1.34', from: 'v1.25.3', to: 'v1.34.11', distribution: 'kubeadm' },
  { name: 'upstream-1.25-to-1.34', from: 'v1.25.3', to: 'v1.34.11', distribution: 'upstream' },
  { name: 'k3s-1.27-to-1.34', from: 'v1.27.3+k3s1', to: 'v1.34.2+k3s1', distribution: 'k3s' },
  { name: 'rke2-1.31-to-1.36', from: 'v1.31.9+rke2r1', to: 'v1.36.4+rke2r1', distribution: 'rke2' },
] as const)('$name', ({ name, from, to, distribution }) => {
  const file = join(import.meta.dirname, 'testdata', `${name}.path.yaml`)
  const text = pathText(from, to, distribution)
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
})

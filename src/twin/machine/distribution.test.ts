import { expect, it } from 'vitest'
import { parseVersion } from '../../core/version/kubernetes-version.ts'
import { type Distribution, distributionOfVersion, versionOfDistribution } from './distribution.ts'

it.each<{ text: string; distribution: Distribution; written: string }>([
  { text: 'v1.30.4', distribution: 'k3s', written: 'v1.30.4+k3s1' },
  { text: '1.30.4', distribution: 'rke2', written: 'v1.30.4+rke2r1' },
  { text: 'v1.30.4', distribution: 'kubeadm', written: 'v1.30.4' },
  { text: 'v1.30.4+k3s2', distribution: 'k3s', written: 'v1.30.4+k3s2' },
  { text: 'v1.31.0-rc.1', distribution: 'k3s', written: 'v1.31.0-rc.1+k3s1' },
  { text: 'newest', distribution: 'k3s', written: 'newest' },
])('$text of $distribution is $written', ({ text, distribution, written }) =>
  expect(versionOfDistribution(text, distribution)).toBe(written),
)

it.each<{ text: string; distribution: Distribution }>([
  { text: 'v1.30.4+k3s1', distribution: 'k3s' },
  { text: 'v1.30.4-k3s1', distribution: 'k3s' },
  { text: 'v1.30.4+rke2r1', distribution: 'rke2' },
  { text: 'v1.30.4', distribution: 'kubeadm' },
  { text: 'v1.30.4-gke.100', distribution: 'kubeadm' },
  { text: 'newest', distribution: 'kubeadm' },
])('$text tells of $distribution', ({ text, distribution }) => expect(distributionOfVersion(parseVersion(text))).toBe(distribution))

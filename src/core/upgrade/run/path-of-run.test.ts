import { describe, expect, it } from 'vitest'
import { decideUpgrade } from '../decide-upgrade.ts'
import { anUpgrade, server, several, someUpgradeFacts, worker } from '../run-world.test-support.ts'

it.each([
  { what: 'of the path that it began with', path: ['v1.30.14+k3s1', 'v1.31.14+k3s1', 'v1.32.13+k3s1'], hop: { number: 2, of: 3 } },
  { what: 'of the new path where another version was named since', path: ['v1.30.14+k3s1', 'v1.31.14+k3s1'], hop: { number: 1, of: 2 } },
])('the number of a hop is that $what, at the first look', ({ path, hop }) => {
  const version = 'v1.30.14+k3s1'
  const upgrade = anUpgrade({ version: 'v1.32.13+k3s1' }, { status: { phase: 'ControlPlane', path } })
  const nodes = [server(0, { kubeletVersion: version }), worker(0, { kubeletVersion: version })]
  const { status } = decideUpgrade(someUpgradeFacts(nodes, { upgrade, apiServer: version }), Date.UTC(2026, 10, 21, 12))
  expect(status.hop).toMatchObject({ ...hop, version: 'v1.31.14+k3s1' })
})

/** Phase and message of a cluster of which every node runs `version`. */
function toldOf(version: string, spec: Readonly<Record<string, unknown>>, workers = version): string {
  const nodes = [
    ...several(3, (index) => server(index, { kubeletVersion: version })),
    ...several(2, (index) => worker(index, { kubeletVersion: workers })),
  ]
  const { status } = decideUpgrade(someUpgradeFacts(nodes, { upgrade: anUpgrade(spec), apiServer: version }), Date.UTC(2026, 10, 21, 12))
  return `${status.phase}: ${status.message}`
}

const own = { node: { upgrade: { image: 'example.org/upgrade' } } }

describe('before anything begins', () => {
  it.each([
    {
      what: 'etcd that is too old for the minor that comes',
      version: 'v1.33.4',
      spec: { version: 'v1.34.2', ...own },
      told: /^Refused: the hop to v1\.34\.2 needs that every member of etcd runs 3\.5\.26.*; see to it, then accept it in spec\.acceptedRisks with check etcd-3\.5\.26$/,
    },
    { what: 'a pre-release', version: 'v1.36.1', spec: { version: 'v1.37.0-rc.0', ...own }, told: /^Refused: .*pre-release/i },
    { what: 'a downgrade', version: 'v1.31.5+k3s1', spec: { version: 'v1.30.4+k3s1' }, told: /^Refused: .*lower/ },
    {
      what: 'a version that is newer than the release data',
      version: 'v1.37.0+k3s1',
      spec: { version: 'v1.38.1+k3s1' },
      told: /^Refused: v1\.38\.1\+k3s1 is beyond .*; bring newer ones with --releases FILE, to the controller as well \(FALKIRK_RELEASES, docs\/path\.md\)/,
    },
    { what: 'another distribution', version: 'v1.31.5+k3s1', spec: { version: 'v1.31.5+rke2r1' }, told: /^Refused: / },
    {
      what: 'kubeadm without an image',
      version: 'v1.31.5',
      spec: { version: 'v1.31.6' },
      told: /^Refused: .*spec\.node\.upgrade\.image, or write the whole version/,
    },
    {
      what: 'nodes that would be too old for the control plane alone',
      version: 'v1.30.4+k3s1',
      workers: 'v1.27.16+k3s1',
      spec: { version: 'v1.31.5+k3s1', scope: 'ControlPlane' },
      told: /^Refused: nodes have to move to v1\.30\.4\+k3s1 before the control plane goes on/,
    },
    {
      what: 'pools whose patch their control plane does not run yet',
      version: 'v1.30.4+k3s1',
      spec: { version: 'v1.30.8+k3s1', scope: 'Pools', pools: [{ name: 'all', nodeSelector: {} }] },
      told: /^Refused: server-0 runs v1\.30\.4\+k3s1, and no kubelet may be newer than an API server: upgrade the control plane first$/,
    },
    {
      what: 'pools above their control plane',
      version: 'v1.30.4+k3s1',
      spec: { version: 'v1.31.5+k3s1', scope: 'Pools', pools: [{ name: 'all', nodeSelector: {} }] },
      told: /^Refused: server-0 runs v1\.30\.4\+k3s1, and no kubelet may be newer than an API server/,
    },
  ])('$what is refused', ({ version, workers, spec, told }) => expect(toldOf(version, spec, workers)).toMatch(told))

  it.each([
    {
      what: 'a way-point',
      version: 'v1.33.4',
      spec: { version: 'v1.34.2', ...own, acceptedRisks: [{ check: 'etcd-3.5.26', reason: 'etcd was upgraded by hand' }] },
    },
    {
      what: 'a pre-release',
      version: 'v1.36.1',
      spec: {
        version: 'v1.37.0-rc.0',
        ...own,
        acceptedRisks: [
          { check: 'PreRelease', reason: 'a test cluster' },
          { check: 'etcd-3.6.11', reason: 'it was upgraded' },
        ],
      },
    },
  ])('$what that is accepted by its name is not', ({ version, spec }) => expect(toldOf(version, spec)).toMatch(/^ControlPlane: /))

  it('a cluster that is there already is complete', () => {
    expect(toldOf('v1.31.5+k3s1', { version: 'v1.31.5+k3s1' })).toBe('Complete: the cluster runs v1.31.5+k3s1')
  })
})

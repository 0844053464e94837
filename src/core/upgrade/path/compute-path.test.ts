import { describe, expect, it } from 'vitest'
import { parseEtcdVersion } from '../../version/etcd-version.ts'
import { type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import { parseReleases } from '../../version/releases.ts'
import { shippedReleases } from '../../version/shipped-releases.ts'
import { computePath } from './compute-path.ts'
import type { PathRequest, PathResult, UpgradePath } from './upgrade-path.ts'

const releases = shippedReleases()

function version(text: string): KubernetesVersion {
  const read = parseVersion(text)
  if (read === undefined) throw new Error(`${text} was not read`)
  return read
}

const versions = (texts: string) => texts.split(' ').map(version)

interface Asked extends Partial<Omit<PathRequest, 'from' | 'to' | 'stops'>> {
  readonly from: string
  readonly nodes?: string
  readonly to: string
  readonly via?: string
  readonly only?: string
}

function ask({ from, nodes, to, via, only, ...rest }: Asked): PathResult {
  const stops = via ?? only
  return computePath({
    from: { controlPlane: versions(from), ...(nodes === undefined ? {} : { nodes: nodes === '' ? [] : versions(nodes) }) },
    to: version(to),
    workers: 'Lazy',
    releases,
    ...(stops === undefined ? {} : { stops: { versions: versions(stops), between: via === undefined ? 'Nothing' : 'LastPatch' } }),
    ...rest,
  })
}

function pathOf(asked: Asked): UpgradePath {
  const result = ask(asked)
  if (result.kind === 'Refused') throw new Error(result.message)
  return result.path
}

const hopsOf = (asked: Asked) => pathOf(asked).hops.map(({ version: stop }) => stop)

describe('refuses, in one sentence with the rule and its page', () => {
  const skew = 'https://kubernetes.io/releases/version-skew-policy/'
  const patches = 'https://kubernetes.io/releases/patch-releases/'
  it.each([
    {
      asked: { from: 'v1.28.3', to: 'v1.27.16' },
      reason: 'Downgrade',
      source: skew,
      message: 'v1.28.3 runs and v1.27.16 is lower; neither an API server nor a kubelet is ever lowered, so name a version from v1.28.3 on',
    },
    {
      asked: { from: 'v1.28.3', to: 'v1.28.2' },
      reason: 'Downgrade',
      source: skew,
      message: 'v1.28.3 runs and v1.28.2 is lower; neither an API server nor a kubelet is ever lowered, so name a version from v1.28.3 on',
    },
    {
      asked: { from: 'v1.33.7+k3s3', to: 'v1.33.7+k3s1' },
      reason: 'Downgrade',
      source: skew,
      message:
        'v1.33.7+k3s3 runs and v1.33.7+k3s1 is lower; neither an API server nor a kubelet is ever lowered, so name a version from v1.33.7+k3s3 on',
    },
    {
      asked: { from: 'v1.28.3', nodes: 'v1.27.1 v1.29.15', to: 'v1.28.15' },
      reason: 'Downgrade',
      source: skew,
      message:
        'v1.29.15 runs and v1.28.15 is lower; neither an API server nor a kubelet is ever lowered, so name a version from v1.29.15 on',
    },
    {
      asked: { from: 'v1.28.3', to: 'v1.29.1+k3s1' },
      reason: 'OtherDistribution',
      source: skew,
      message: 'v1.29.1+k3s1 is no release of Kubernetes itself, which this cluster runs; name one, such as v1.29.15',
    },
    {
      asked: { from: 'v1.33.6+k3s1', to: 'v1.34.1+rke2r1' },
      reason: 'OtherDistribution',
      source: skew,
      message: 'v1.34.1+rke2r1 is no release of k3s, which this cluster runs; name one, such as v1.34.1+k3s1',
    },
    {
      asked: { from: 'v1.33.6+k3s1', to: 'v1.34.11' },
      reason: 'OtherDistribution',
      source: skew,
      message: 'v1.34.11 is no release of k3s, which this cluster runs; name one, such as v1.34.11+k3s1',
    },
    {
      asked: { from: 'v1.33.6+k3s1', nodes: 'v1.33.6+rke2r1', to: 'v1.34.11+k3s1' },
      reason: 'OtherDistribution',
      source: skew,
      message:
        'v1.33.6+rke2r1 runs, which is no release of k3s; v1.34.11+k3s1 cannot take its place, as an upgrade never changes the distribution',
    },
    {
      asked: { from: 'v1.27.3-gke.100', to: 'v1.28.15' },
      reason: 'UnsupportedDistribution',
      source: skew,
      message:
        'v1.27.3-gke.100 is a build of another vendor (gke.100), whose own tools upgrade it; Falkirk upgrades kubeadm, k3s, RKE2 and upstream Kubernetes',
    },
    {
      asked: { from: 'v1.28.3', to: 'v1.28.16' },
      reason: 'UnknownVersion',
      source: patches,
      message:
        'v1.28.16 does not exist: v1.28 ended on 2024-10-28 with v1.28.15; name that, or bring newer release data with --releases FILE',
    },
    {
      asked: { from: 'v1.28.3', to: 'v1.38.0' },
      reason: 'BeyondReleaseData',
      source: patches,
      message:
        'v1.38.0 is beyond the release data of 2026-09-27, which end at v1.37 for Kubernetes itself; bring newer ones with --releases FILE',
    },
    {
      asked: { from: 'v1.37.0', to: 'v2.0.0' },
      reason: 'BeyondReleaseData',
      source: patches,
      message:
        'v2.0.0 is beyond the release data of 2026-09-27, which end at v1.37 for Kubernetes itself; bring newer ones with --releases FILE',
    },
    {
      asked: { from: 'v1.36.1', to: 'v1.37.0-rc.0' },
      reason: 'PreRelease',
      source: patches,
      message: 'v1.37.0-rc.0 is a pre-release, and no upgrade to or from one is supported; name a release, or accept the risk PreRelease',
    },
    {
      asked: { from: 'v1.12.1', to: 'v1.12.99' },
      reason: 'UnknownVersion',
      source: patches,
      message:
        'v1.12.99 is older than the release data of 2026-09-27, which begin at v1.13; name a newer one, or bring data that have it with --releases FILE',
    },
    {
      asked: { from: 'v0.36.1', to: 'v1.37.0' },
      reason: 'UnknownVersion',
      source: patches,
      message: 'v0.36.1 runs, and there is no Kubernetes 0; look at what reports that',
    },
    {
      asked: { from: 'v1.14.1+k3s1', to: 'v1.16.15+k3s1' },
      reason: 'UnknownVersion',
      source: patches,
      message:
        'the release data of 2026-09-27 know no v1.15 of k3s, which cannot be skipped; name it as a stop, or bring data that do with --releases FILE',
    },
    {
      asked: { from: 'v1.27.3', to: 'v1.30.14', only: 'v1.28.9 v1.30.2' },
      reason: 'SkippedMinor',
      source: skew,
      message:
        'the stops skip v1.29 on the way to v1.30.2, and an API server moves one minor version at a time; name a v1.29, such as v1.29.15',
    },
    {
      asked: { from: 'v1.27.3', to: 'v1.30.14', via: 'v1.26.1' },
      reason: 'Downgrade',
      source: skew,
      message: 'the stop v1.26.1 is lower than v1.27.3, which runs; name stops from there to v1.30.14',
    },
    {
      asked: { from: 'v1.27.3', to: 'v1.29.1', via: 'v1.29.4' },
      reason: 'Downgrade',
      source: skew,
      message: 'the stop v1.29.4 lies beyond the target, and going on to v1.29.1 would be a downgrade; name stops up to it',
    },
  ])('$asked.from to $asked.to: $reason', ({ asked, reason, source, message }) => {
    expect(ask(asked)).toEqual({ kind: 'Refused', reason, message, source })
  })

  it('a cluster of which nobody knows what it runs', () => {
    const result = computePath({ from: { controlPlane: [] }, to: version('v1.30.1'), workers: 'Lazy', releases })
    expect(result).toMatchObject({ kind: 'Refused', reason: 'UnknownVersion' })
  })
})

describe('stops of the control plane', () => {
  it.each([
    {
      title: 'the last patch of each minor, and the target as it was named',
      from: 'v1.27.3',
      to: 'v1.30.2',
      hops: 'v1.28.15 v1.29.15 v1.30.2',
    },
    { title: 'one patch within a minor', from: 'v1.30.2', to: 'v1.30.14', hops: 'v1.30.14' },
    { title: 'nothing when all is there', from: 'v1.30.14 v1.30.14', to: 'v1.30.14', hops: '' },
    {
      title: 'a version that people named instead of the last patch',
      from: 'v1.27.3',
      to: 'v1.30.2',
      via: 'v1.28.9',
      hops: 'v1.28.9 v1.29.15 v1.30.2',
    },
    { title: 'several of one minor', from: 'v1.27.3', to: 'v1.28.15', via: 'v1.27.16 v1.28.9', hops: 'v1.27.16 v1.28.9 v1.28.15' },
    { title: 'those alone that people named', from: 'v1.27.3', to: 'v1.29.1', only: 'v1.28.9', hops: 'v1.28.9 v1.29.1' },
    {
      title: 'a hop in progress is ended first, at the version that it has',
      from: 'v1.28.3 v1.29.4',
      to: 'v1.30.2',
      hops: 'v1.29.4 v1.30.2',
    },
    { title: 'one that leads to the target too', from: 'v1.29.15 v1.30.1', to: 'v1.30.2', hops: 'v1.30.2' },
    { title: 'members too far apart come together first', from: 'v1.27.3 v1.29.4', to: 'v1.30.2', hops: 'v1.28.15 v1.29.4 v1.30.2' },
    { title: 'members at two patches go on together', from: 'v1.28.3 v1.28.15', to: 'v1.29.15', hops: 'v1.29.15' },
    { title: 'a release in the place of a build from source', from: 'v1.33.7+k3s-5ce0d17b', to: 'v1.33.7+k3s3', hops: 'v1.33.7+k3s3' },
    { title: 'another build of one patch', from: 'v1.33.7+k3s1', to: 'v1.33.7+k3s3', hops: 'v1.33.7+k3s3' },
    { title: 'a release that is newer than the data, of a minor that goes on', from: 'v1.34.1', to: 'v1.35.99', hops: 'v1.35.99' },
  ])('$title', ({ title: _, hops, ...asked }) => {
    expect(hopsOf(asked)).toEqual(hops === '' ? [] : hops.split(' '))
  })

  it('a pre-release when the risk is accepted', () => {
    expect(hopsOf({ from: 'v1.36.1', to: 'v1.37.0-rc.0', acceptedRisks: ['PreRelease'] })).toEqual(['v1.37.0-rc.0'])
  })

  it('a release that is newer than the data is said to be', () => {
    const [hop] = pathOf({ from: 'v1.34.1', to: 'v1.34.99' }).hops
    expect(hop?.notes.map(({ text }) => text)).toContain('newer than the release data of 2026-09-27')
  })

  it('builds of release data that somebody brought', () => {
    const read = parseReleases({
      format: 'falkirk.dev/releases/v1',
      reviewed: '2027-05-01',
      minors: [
        { minor: '1.38', kubernetes: [{ version: 'v1.38.2' }, { version: 'v1.38.10' }] },
        { minor: '1.39', kubernetes: [{ version: 'v1.39.0' }] },
      ],
    })
    if (read.kind === 'Invalid') throw new Error(read.message)
    expect(hopsOf({ from: 'v1.37.0', to: 'v1.39.0', releases: read.releases })).toEqual(['v1.38.10', 'v1.39.0'])
  })
})

describe('the gate of etcd 3.6', () => {
  const gatesOf = (asked: Asked) =>
    pathOf(asked).hops.flatMap((hop) =>
      hop.wayPoints.filter(({ id }) => id.startsWith('etcd-')).map(({ id, state }) => `${hop.version} ${id} ${state}`),
    )

  it.each([
    {
      title: 'k3s stops at a build that brings 3.5.26',
      asked: { from: 'v1.32.5+k3s1', to: 'v1.34.11+k3s1' },
      hops: 'v1.33.7+k3s3 v1.34.11+k3s1',
      gates: ['v1.34.11+k3s1 etcd-3.5.26 MetByPath'],
    },
    {
      title: 'also within v1.33, whose last patches bring 3.6',
      asked: { from: 'v1.33.3+k3s1', to: 'v1.33.13+k3s2' },
      hops: 'v1.33.7+k3s3 v1.33.13+k3s2',
      gates: ['v1.33.13+k3s2 etcd-3.5.26 MetByPath'],
    },
    {
      title: 'not where a build after it runs already, though the data do not list it',
      asked: { from: 'v1.33.9+k3s1', to: 'v1.34.11+k3s1' },
      hops: 'v1.34.11+k3s1',
      gates: [],
    },
    {
      title: 'RKE2 by its own counter',
      asked: { from: 'v1.33.7+rke2r1', to: 'v1.34.11+rke2r1' },
      hops: 'v1.33.10+rke2r3 v1.34.11+rke2r1',
      gates: ['v1.34.11+rke2r1 etcd-3.5.26 MetByPath'],
    },
    {
      title: 'every member counts, not the oldest alone',
      asked: { from: 'v1.32.13+k3s1 v1.33.0+k3s1', to: 'v1.33.13+k3s2' },
      hops: 'v1.33.7+k3s3 v1.33.13+k3s2',
      gates: ['v1.33.13+k3s2 etcd-3.5.26 MetByPath'],
    },
    {
      title: 'a hop in progress counts for the stop after it',
      asked: { from: 'v1.31.0+k3s1 v1.32.1+k3s1', to: 'v1.34.11+k3s1' },
      hops: 'v1.32.1+k3s1 v1.33.7+k3s3 v1.34.11+k3s1',
      gates: ['v1.34.11+k3s1 etcd-3.5.26 MetByPath'],
    },
    {
      title: 'another datastore has none',
      asked: { from: 'v1.32.5+k3s1', to: 'v1.34.11+k3s1', datastore: 'Other' },
      hops: 'v1.33.13+k3s2 v1.34.11+k3s1',
      gates: [],
    },
    {
      title: 'kubeadm never deploys 3.5.26 by itself',
      asked: { from: 'v1.32.5', to: 'v1.34.11' },
      hops: 'v1.33.13 v1.34.11',
      gates: ['v1.34.11 etcd-3.5.26 Required'],
    },
    {
      title: 'kubeadm leaves alone what somebody brought to it before',
      asked: { from: 'v1.32.5', to: 'v1.34.11', etcd: parseEtcdVersion('3.5.26') ?? [0, 0, 0] },
      hops: 'v1.33.13 v1.34.11',
      gates: [],
    },
    {
      title: 'what is not known is to be looked at',
      asked: { from: 'v1.33.14', to: 'v1.34.11' },
      hops: 'v1.34.11',
      gates: ['v1.34.11 etcd-3.5.26 Check'],
    },
    {
      title: 'stops that people chose are left as they are, and what they lack is said',
      asked: { from: 'v1.32.5+k3s1', to: 'v1.34.11+k3s1', only: 'v1.33.5+k3s1' },
      hops: 'v1.33.5+k3s1 v1.34.11+k3s1',
      gates: ['v1.34.11+k3s1 etcd-3.5.26 Required'],
    },
    { title: 'upstream brings no etcd', asked: { from: 'v1.33.3', to: 'v1.34.11', distribution: 'upstream' }, hops: 'v1.34.11', gates: [] },
    {
      title: 'and that of 3.7',
      asked: { from: 'v1.36.1', to: 'v1.37.0' },
      hops: 'v1.37.0',
      gates: ['v1.37.0 etcd-3.6.11 Required'],
    },
  ] as const)('$title', ({ asked, hops, gates }) => {
    expect(hopsOf(asked)).toEqual(hops.split(' '))
    expect(gatesOf(asked)).toEqual(gates)
  })

  it('a patch that may not be entered itself opens no way', () => {
    const read = parseReleases({
      format: 'falkirk.dev/releases/v1',
      reviewed: '2027-05-01',
      minors: [
        {
          minor: '1.36',
          k3s: [
            { version: 'v1.36.0+k3s1', etcd: '3.5.21' },
            { version: 'v1.36.1+k3s1', etcd: '3.6.12' },
            { version: 'v1.36.2+k3s1', etcd: '3.7.0' },
          ],
        },
      ],
    })
    if (read.kind === 'Invalid') throw new Error(read.message)
    const asked = { from: 'v1.36.0+k3s1', to: 'v1.36.2+k3s1', releases: read.releases }
    expect(hopsOf(asked)).toEqual(['v1.36.2+k3s1'])
    expect(gatesOf(asked)).toEqual(['v1.36.2+k3s1 etcd-3.6.11 Required'])
  })

  it('a stop that opens the way says so', () => {
    const [hop] = pathOf({ from: 'v1.33.3+k3s1', to: 'v1.34.11+k3s1' }).hops
    expect(hop?.notes.map(({ text }) => text)).toEqual(['brings etcd 3.5.26, which has to run before v1.34.11+k3s1'])
  })

  it('tells how a cluster of kubeadm gets there', () => {
    const wayPoint = pathOf({ from: 'v1.33.3', to: 'v1.34.11' }).hops[0]?.wayPoints.find(({ id }) => id === 'etcd-3.5.26')
    expect(wayPoint?.needs).toBe(
      'every member of etcd runs 3.5.26 or a later patch (set etcd.local.imageTag to 3.5.26-0 and run kubeadm upgrade apply at v1.33 once more, then take the tag out; external etcd is upgraded by itself)',
    )
  })
})

describe('months of k3s builds', () => {
  const monthsOf = (asked: Asked) => pathOf(asked).hops.filter((hop) => hop.wayPoints.some(({ id }) => id === 'k3s-build-month'))

  it('a stop is not built in a later month than the one that follows it', () => {
    const asked = { from: 'v1.31.0+k3s1', to: 'v1.34.2+k3s1', datastore: 'Other' } as const
    expect(hopsOf(asked)).toEqual(['v1.32.10+k3s1', 'v1.33.6+k3s1', 'v1.34.2+k3s1'])
    expect(monthsOf(asked)).toEqual([])
  })

  it('where the data in etcd need a later one, the upgrade image is said to refuse the next', () => {
    const [hop] = monthsOf({ from: 'v1.31.0+k3s1', to: 'v1.34.2+k3s1' })
    expect(hop?.version).toBe('v1.34.2+k3s1')
    expect(hop?.wayPoints.find(({ id }) => id === 'k3s-build-month')).toEqual({
      id: 'k3s-build-month',
      when: 'BeforeControlPlane',
      state: 'Required',
      needs: 'nodes are changed by other means than the image rancher/k3s-upgrade, or v1.34.11+k3s1 is the stop',
      reason: 'that image refuses v1.34.2+k3s1 (2025-11), as v1.33.7+k3s3 was built in a later month (2026-02)',
      source: 'https://github.com/k3s-io/k3s-upgrade/blob/master/scripts/upgrade.sh',
    })
  })

  it('days do not count within a month', () => {
    const read = parseReleases({
      format: 'falkirk.dev/releases/v1',
      reviewed: '2027-05-01',
      minors: [
        { minor: '1.38', k3s: [{ version: 'v1.38.1+k3s1', released: '2027-01-28' }] },
        { minor: '1.39', k3s: [{ version: 'v1.39.0+k3s1', released: '2027-01-04' }] },
      ],
    })
    if (read.kind === 'Invalid') throw new Error(read.message)
    expect(monthsOf({ from: 'v1.38.1+k3s1', to: 'v1.39.0+k3s1', releases: read.releases })).toEqual([])
  })

  it('RKE2 knows no such rule', () => {
    expect(monthsOf({ from: 'v1.33.10+rke2r3', to: 'v1.34.1+rke2r1' })).toEqual([])
  })
})

describe('nodes', () => {
  const movesOf = (asked: Asked) =>
    pathOf(asked)
      .hops.filter((hop) => hop.nodes.required)
      .map((hop) => `${hop.nodes.from.join(' ')} > ${hop.nodes.to} ${hop.nodes.cause}`)

  it.each([
    {
      title: 'lag as far as three minors from v1.25 on',
      asked: { from: 'v1.25.3', to: 'v1.29.15', distribution: 'upstream' },
      moves: ['v1.25.3 > v1.28.15 NextHop', 'v1.28.15 > v1.29.15 Target'],
    },
    {
      title: 'lag as far as two before',
      asked: { from: 'v1.20.1', to: 'v1.23.17', distribution: 'upstream' },
      moves: ['v1.20.1 > v1.22.17 NextHop', 'v1.22.17 > v1.23.17 Target'],
    },
    {
      title: 'follow each minor where kubeadm up to v1.28 wants it, and no longer',
      asked: { from: 'v1.26.3', to: 'v1.30.14' },
      moves: ['v1.26.3 > v1.27.16 KubeadmRule', 'v1.27.16 > v1.30.14 Target'],
    },
    {
      title: 'follow each minor where that is wanted',
      asked: { from: 'v1.30.3', to: 'v1.32.13', workers: 'EveryHop' },
      moves: ['v1.30.3 > v1.31.14 EveryHop', 'v1.31.14 > v1.32.13 Target'],
    },
    {
      title: 'move before the first hop where they lag already',
      asked: { from: 'v1.29.15', nodes: 'v1.26.3 v1.28.1', to: 'v1.31.14', distribution: 'upstream' },
      moves: ['v1.26.3 > v1.29.15 NextHop', 'v1.28.1 v1.29.15 > v1.31.14 Target'],
    },
    {
      title: 'that should have moved long ago move at once',
      asked: { from: 'v1.21.14', nodes: 'v1.14.5', to: 'v1.21.14' },
      moves: ['v1.14.5 > v1.21.14 Target'],
    },
    {
      title: 'that should have moved long ago move before anything else',
      asked: { from: 'v1.21.14', nodes: 'v1.14.5', to: 'v1.22.17', distribution: 'upstream' },
      moves: ['v1.14.5 > v1.21.14 TooOld', 'v1.21.14 > v1.22.17 Target'],
    },
    {
      title: 'that run a build from source get the release',
      asked: { from: 'v1.33.7+k3s-5ce0d17b', to: 'v1.33.7+k3s3' },
      moves: ['v1.33.7+k3s-5ce0d17b > v1.33.7+k3s3 Target'],
    },
    { title: 'are not there', asked: { from: 'v1.30.3', nodes: '', to: 'v1.32.13' }, moves: [] },
    {
      title: 'do not move for a patch that etcd needs',
      asked: { from: 'v1.33.3+k3s1', to: 'v1.34.11+k3s1' },
      moves: ['v1.33.3+k3s1 > v1.34.11+k3s1 Target'],
    },
    {
      title: 'of a control plane that is there already move alone',
      asked: { from: 'v1.30.14', nodes: 'v1.30.14 v1.30.2 v1.28.1', to: 'v1.30.14' },
      moves: ['v1.28.1 v1.30.2 > v1.30.14 Target'],
    },
  ] as const)('$title', ({ asked, moves }) => {
    expect(movesOf(asked)).toEqual(moves)
  })

  it('stay behind until the end when the risk is accepted by its name, and each rule that this breaks is said', () => {
    const path = pathOf({ from: 'v1.14.5', to: 'v1.18.20', acceptedRisks: ['UnsupportedSkew'] })
    expect(path.nodeMoves).toBe(1)
    expect(path.hops.map(({ version: stop, risks }) => [stop, risks])).toEqual([
      ['v1.15.12', []],
      ['v1.16.15', ['UnsupportedSkew: kubeadm v1.16 refuses a kubelet of v1.14 unless it is forced; nobody supports this']],
      [
        'v1.17.17',
        [
          'UnsupportedSkew: kubelet v1.14.5 is too old for API server v1.17.17; at most 2 minor versions may lie between; nobody supports this',
        ],
      ],
      [
        'v1.18.20',
        [
          'UnsupportedSkew: kubelet v1.14.5 is too old for API server v1.18.20; at most 2 minor versions may lie between; nobody supports this',
        ],
      ],
    ])
  })

  it('that are too old already, in the middle of a hop, move when it has ended', () => {
    const [hop] = pathOf({ from: 'v1.29.15 v1.30.14', nodes: 'v1.26.3', to: 'v1.31.14', distribution: 'upstream' }).hops
    expect(hop).toMatchObject({ version: 'v1.30.14', nodes: { required: true, cause: 'TooOld', from: ['v1.26.3'] } })
    expect(hop?.risks).toEqual([
      'kubelet v1.26.3 is too old for API server v1.30.14; at most 3 minor versions may lie between; this is so already, and ends with this hop',
    ])
  })

  it('break no rule without that risk', () => {
    const risks = pathOf({ from: 'v1.14.5', to: 'v1.37.0' }).hops.flatMap((hop) => hop.risks)
    expect(risks).toEqual([])
  })
})

describe('way-points that hang on a minor', () => {
  const wayPoints = (asked: Asked) =>
    pathOf(asked).hops.flatMap((hop) => hop.wayPoints.map(({ id, when }) => `${hop.version} ${id} ${when}`))

  it.each([
    {
      title: 'a runtime before v1.24, policies before v1.25',
      asked: { from: 'v1.23.17', to: 'v1.25.16' },
      found: [
        'v1.24.17 container-runtime BeforeControlPlane',
        'v1.24.17 master-label BeforeControlPlane',
        'v1.25.16 pod-security-policy BeforeControlPlane',
      ],
    },
    {
      title: 'once more before the nodes, when these enter the minor later',
      asked: { from: 'v1.23.17', to: 'v1.25.16', distribution: 'upstream' },
      found: [
        'v1.24.17 container-runtime BeforeControlPlane',
        'v1.25.16 pod-security-policy BeforeControlPlane',
        'v1.25.16 container-runtime BeforeNodes',
      ].sort(),
    },
    { title: 'k3s brings its own runtime', asked: { from: 'v1.23.17+k3s1', to: 'v1.24.17+k3s1' }, found: [] },
    {
      title: 'cgroup v2 before v1.35',
      asked: { from: 'v1.34.11+k3s1', to: 'v1.35.8+k3s1' },
      found: ['v1.35.8+k3s1 cgroup-v2 BeforeControlPlane'],
    },
    {
      title: 'for nodes alone, where the control plane is there',
      asked: { from: 'v1.35.8+k3s1', nodes: 'v1.34.11+k3s1', to: 'v1.35.8+k3s1' },
      found: ['v1.35.8+k3s1 cgroup-v2 BeforeNodes'],
    },
    {
      title: 'configuration of kubeadm before v1.37',
      asked: { from: 'v1.36.4', to: 'v1.37.0' },
      found: ['v1.37.0 etcd-3.6.11 BeforeControlPlane', 'v1.37.0 kubeadm-config-v1beta4 BeforeControlPlane'],
    },
  ] as const)('$title', ({ asked, found }) => {
    expect(wayPoints(asked).toSorted()).toEqual([...found].sort())
  })
})

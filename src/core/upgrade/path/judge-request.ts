import { type Distribution, distributionOfVersion, lineOf, type ReleaseLine, releaseLine } from '../../version/distribution.ts'
import { knownBuilds, newestMinor } from '../../version/known-builds.ts'
import { compareVersions, type KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { Releases } from '../../version/releases.ts'
import { bringByFlag, refused, ruleSources } from './refused.ts'
import type { PathRequest, RefusedPath } from './upgrade-path.ts'
import { distinct } from './version-set.ts'

/** The distribution that the path is for, or why there is none. */
export function judgeDistribution({ distribution, from }: PathRequest): Distribution | RefusedPath {
  const [first] = from.controlPlane
  if (first === undefined) {
    return refused('UnknownVersion', 'the version of no API server is known; name what the control plane runs', ruleSources.skew)
  }
  const found = distribution ?? distributionOfVersion(first)
  if (found !== undefined) return found
  const message = `${first.text} is a build of another vendor (${first.vendor?.suffix}), whose own tools upgrade it; Falkirk upgrades kubeadm, k3s, RKE2 and upstream Kubernetes`
  return refused('UnsupportedDistribution', message, ruleSources.skew)
}

/** The first rule that forbids going from what runs to the target at all; undefined when none does. */
export function judgeRequest(request: PathRequest, distribution: Distribution): RefusedPath | undefined {
  const { from, to, stops } = request
  const line = releaseLine(distribution)
  for (const running of distinct([...from.controlPlane, ...(from.nodes ?? [])])) {
    const refusal = judgeMajor(running) ?? judgeLine(running, to, line) ?? judgeDowngrade(running, to)
    if (refusal !== undefined) return refusal
  }
  for (const wanted of [...(stops?.versions ?? []), to]) {
    const refusal = judgeWanted(wanted, request, line)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Minors are counted within Kubernetes 1, of which alone there are releases. */
function judgeMajor(running: KubernetesVersion): RefusedPath | undefined {
  if (running.major === 1) return undefined
  const message = `${running.text} runs, and there is no Kubernetes ${running.major}; look at what reports that`
  return refused('UnknownVersion', message, ruleSources.releases)
}

/** Parts of one cluster are of one line; a build that names nobody is judged by its numbers alone. */
function judgeLine(running: KubernetesVersion, to: KubernetesVersion, line: ReleaseLine): RefusedPath | undefined {
  const own = lineOf(running)
  if (own === undefined || own === line) return undefined
  const message = `${running.text} runs, which is no release of ${lineNames[line]}; ${to.text} cannot take its place, as an upgrade never changes the distribution`
  return refused('OtherDistribution', message, ruleSources.skew)
}

function judgeDowngrade(running: KubernetesVersion, to: KubernetesVersion): RefusedPath | undefined {
  if (compareVersions(to, running) !== -1) return undefined
  const message = `${running.text} runs and ${to.text} is lower; neither an API server nor a kubelet is ever lowered, so name a version from ${running.text} on`
  return refused('Downgrade', message, ruleSources.skew)
}

function judgeWanted(wanted: KubernetesVersion, request: PathRequest, line: ReleaseLine): RefusedPath | undefined {
  const { releases, acceptedRisks = [] } = request
  if (lineOf(wanted) !== line) return otherLine(wanted, releases, line)
  if (wanted.preRelease !== undefined && !acceptedRisks.includes('PreRelease')) {
    const message = `${wanted.text} is a pre-release, and no upgrade to or from one is supported; name a release, or accept the risk PreRelease`
    return refused('PreRelease', message, ruleSources.releases)
  }
  return judgeExistence(wanted, request, line)
}

const lineNames = { kubernetes: 'Kubernetes itself', k3s: 'k3s', rke2: 'RKE2' } as const

function otherLine(wanted: KubernetesVersion, releases: Releases, line: ReleaseLine): RefusedPath {
  const builds = knownBuilds(releases, line, wanted.minor)
  const near = builds.find(({ version }) => version.patch === wanted.patch) ?? builds[0]
  const fix = near === undefined ? 'name one' : `name one, such as ${near.version.text}`
  return refused(
    'OtherDistribution',
    `${wanted.text} is no release of ${lineNames[line]}, which this cluster runs; ${fix}`,
    ruleSources.skew,
  )
}

/** What has ended has no further patches; of a minor that has not, and of a vendor's counter, the data may be behind. */
function judgeExistence(
  wanted: KubernetesVersion,
  { releases, bringReleases = bringByFlag }: PathRequest,
  line: ReleaseLine,
): RefusedPath | undefined {
  const newest = newestMinor(releases, line)
  if (newest === undefined || wanted.major !== 1 || wanted.minor > newest) {
    const end = newest === undefined ? 'know none' : `end at v1.${newest}`
    const message = `${wanted.text} is beyond the release data of ${releases.reviewed}, which ${end} for ${lineNames[line]}; bring newer ones ${bringReleases}`
    return refused('BeyondReleaseData', message, ruleSources.releases)
  }
  const oldest = Math.min(...releases.minors.keys())
  if (wanted.minor < oldest) {
    const message = `${wanted.text} is older than the release data of ${releases.reviewed}, which begin at v1.${oldest}; name a newer one, or bring data that have it ${bringReleases}`
    return refused('UnknownVersion', message, ruleSources.releases)
  }
  const minor = releases.minors.get(wanted.minor)
  const last = knownBuilds(releases, 'kubernetes', wanted.minor)[0]?.version
  if (minor?.endOfLife === undefined || last === undefined || wanted.patch <= last.patch || minor.endOfLife > releases.reviewed)
    return undefined
  const message = `${wanted.text} does not exist: v1.${wanted.minor} ended on ${minor.endOfLife} with ${last.text}; name that, or bring newer release data ${bringReleases}`
  return refused('UnknownVersion', message, ruleSources.releases)
}

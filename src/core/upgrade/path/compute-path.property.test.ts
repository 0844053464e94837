import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../version/distribution.ts'
import { distributions, releaseLine } from '../../version/distribution.ts'
import { knownBuilds } from '../../version/known-builds.ts'
import { type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import { shippedReleases } from '../../version/shipped-releases.ts'
import { computePath } from './compute-path.ts'
import type { PathRequest, UpgradePath, WorkerPace } from './upgrade-path.ts'

const releases = shippedReleases()
const paces: readonly WorkerPace[] = ['Lazy', 'EveryHop']

const known = new Map<string, KubernetesVersion>()

/** The walks below ask for the same few versions a million times. */
function version(text: string): KubernetesVersion {
  const read = known.get(text) ?? parseVersion(text)
  if (read === undefined) throw new Error(`${text} was not read`)
  known.set(text, read)
  return read
}

function pathOf(request: Partial<PathRequest> & Pick<PathRequest, 'from' | 'to'>): UpgradePath {
  const result = computePath({ workers: 'Lazy', releases, ...request })
  if (result.kind === 'Refused') throw new Error(`${result.reason}: ${result.message}`)
  return result.path
}

/** The rules once more, by minors alone and without the code that they judge. */
const maxSkew = (kubelet: number) => (kubelet < 25 ? 2 : 3)
const inSkew = (kubelet: number, servers: readonly number[]) =>
  kubelet <= Math.min(...servers) && Math.max(...servers) - kubelet <= maxSkew(kubelet)
const minorOf = (text: string) => version(text).minor

interface Cluster {
  readonly controlPlane: readonly string[]
  readonly nodes: readonly string[]
}

const isHigher = (a: KubernetesVersion, b: KubernetesVersion) =>
  a.minor > b.minor ||
  (a.minor === b.minor && (a.patch > b.patch || (a.patch === b.patch && (a.vendor?.counter ?? 0) > (b.vendor?.counter ?? 0))))

/** What runs after each change that a path makes: server by server, then node by node, hop by hop. */
function* changes(path: UpgradePath, from: Cluster): Generator<Cluster & { readonly change: string; readonly was: string }> {
  const [servers, nodes] = [[...from.controlPlane], [...from.nodes]]
  for (const hop of path.hops) {
    for (const [index, was] of servers.entries()) {
      if (!isHigher(version(hop.version), version(was))) continue
      servers[index] = hop.version
      yield { controlPlane: [...servers], nodes: [...nodes], change: `API server to ${hop.version}`, was }
    }
    for (const [index, was] of nodes.entries()) {
      if (!hop.nodes.from.includes(was)) continue
      nodes[index] = hop.version
      yield { controlPlane: [...servers], nodes: [...nodes], change: `node to ${hop.version}`, was }
    }
  }
}

/** What is wrong with a path, after each of its changes and in the end. */
function walk(path: UpgradePath, from: Cluster): string[] {
  const wrong: string[] = []
  let now = from
  for (const { change, was, ...cluster } of changes(path, from)) {
    wrong.push(...judgeChange(path.distribution, change, was, now).map((what) => `${change}: ${what}`))
    now = cluster
    wrong.push(...judgeCluster(now).map((what) => `${change}: ${what}`))
  }
  return [...wrong, ...[...now.controlPlane, ...now.nodes].filter((part) => part !== path.to).map((part) => `${part} is left behind`)]
}

function judgeCluster({ controlPlane, nodes }: Cluster): string[] {
  const servers = controlPlane.map(minorOf)
  const apart = Math.max(...servers) - Math.min(...servers) > 1 ? [`API servers ${controlPlane.join(', ')}`] : []
  return [
    ...apart,
    ...nodes.filter((node) => !inSkew(minorOf(node), servers)).map((node) => `kubelet ${node} with ${controlPlane.join(', ')}`),
  ]
}

function judgeChange(distribution: Distribution, change: string, was: string, { nodes }: Cluster): string[] {
  if (!change.startsWith('API server')) return []
  const target = minorOf(change.slice('API server to '.length))
  const skips = target - minorOf(was) > 1 ? [`${was} skips a minor`] : []
  const strict = distribution === 'kubeadm' && target <= 28 && target > minorOf(was)
  return [...skips, ...nodes.filter((node) => strict && target - minorOf(node) > 1).map((node) => `kubeadm refuses kubelet ${node}`)]
}

/** The fewest moves by which nodes of a minor get to the end of these stops, of all the ways there are. */
function fewestMoves(start: number, stops: readonly number[]): number {
  const found = new Map<string, number>()
  const after = (index: number, kubelet: number): number => {
    const stop = stops[index]
    if (stop === undefined) return kubelet === stops.at(-1) ? 0 : Number.POSITIVE_INFINITY
    const key = `${index}/${kubelet}`
    const least = found.get(key)
    if (least !== undefined) return least
    // the kubelet has to endure the servers of this stop before it may move to anything up to them
    const before = stops[index - 1] ?? kubelet
    const endures = inSkew(kubelet, [Math.max(kubelet, Math.min(before, stop)), stop])
    const goals = Array.from({ length: stop - kubelet + 1 }, (_, up) => kubelet + up)
    const moves = endures ? Math.min(...goals.map((goal) => (goal === kubelet ? 0 : 1) + after(index + 1, goal))) : Number.POSITIVE_INFINITY
    found.set(key, moves)
    return moves
  }
  return after(0, start)
}

const oldestMinor: Record<Distribution, number> = { kubeadm: 13, upstream: 13, k3s: 16, rke2: 19 }

/** Every pair of minors of a distribution, at the oldest build that is known of the first and the newest of the second. */
function pairsOf(distribution: Distribution): readonly { readonly from: string; readonly to: string }[] {
  const line = releaseLine(distribution)
  const minors = Array.from({ length: 38 - oldestMinor[distribution] }, (_, index) => oldestMinor[distribution] + index)
  return minors.flatMap((a) =>
    minors
      .filter((b) => b >= a)
      .map((b) => ({
        from: knownBuilds(releases, line, a).at(-1)?.version.text ?? '',
        to: knownBuilds(releases, line, b)[0]?.version.text ?? '',
      })),
  )
}

describe.each(distributions.map((distribution) => ({ distribution })))('every pair of minors of $distribution', ({ distribution }) => {
  const pairs = pairsOf(distribution)

  it.each(paces)('%s: hops are legal and skew is never broken, at any moment', (workers) => {
    for (const { from, to } of pairs) {
      const path = pathOf({ from: { controlPlane: [version(from)] }, to: version(to), distribution, workers })
      expect(walk(path, { controlPlane: [from, from, from], nodes: [from, from] }), `${from} to ${to}`).toEqual([])
    }
  })

  it('each minor is entered once, and nothing but what etcd needs is put in between', () => {
    for (const { from, to } of pairs) {
      const { hops } = pathOf({ from: { controlPlane: [version(from)] }, to: version(to), distribution })
      const entered = hops.filter((hop) => minorOf(hop.controlPlane.from) < minorOf(hop.version)).map((hop) => minorOf(hop.version))
      expect(entered).toEqual(Array.from({ length: minorOf(to) - minorOf(from) }, (_, index) => minorOf(from) + 1 + index))
      // a patch for etcd, and the target where it is of the same minor
      expect(hops.length - entered.length).toBeLessThanOrEqual(minorOf(from) === minorOf(to) ? 2 : 1)
    }
  })

  it('a gate of etcd is met by the path, or said to be open', () => {
    for (const { from, to } of pairs) {
      const { hops } = pathOf({ from: { controlPlane: [version(from)] }, to: version(to), distribution })
      const gates = hops.flatMap(({ wayPoints }) => wayPoints.filter(({ id }) => id.startsWith('etcd-')))
      if (distribution === 'k3s' || distribution === 'rke2') expect(gates.filter(({ state }) => state === 'Required')).toEqual([])
      const crosses = minorOf(from) < 32 && minorOf(to) >= 34 && distribution !== 'upstream'
      if (crosses) expect(gates.map(({ id }) => id)).toContain('etcd-3.5.26')
    }
  })
})

describe('Lazy moves nodes as seldom as can be', () => {
  it('in every pair of minors, compared with all ways within skew', () => {
    for (const { from, to } of pairsOf('upstream')) {
      const path = pathOf({ from: { controlPlane: [version(from)] }, to: version(to), distribution: 'upstream' })
      const stops = path.hops.map((hop) => minorOf(hop.version))
      const fewest = minorOf(from) === minorOf(to) ? path.nodeMoves : fewestMoves(minorOf(from), stops)
      expect(path.nodeMoves, `${from} to ${to}`).toBe(fewest)
    }
  })

  it('for nodes that lag already, each by itself', () => {
    const lagging = fc
      .tuple(fc.integer({ min: 15, max: 37 }), fc.nat(22))
      .chain(([minor, ahead]) =>
        fc.tuple(
          fc.constant(minor),
          fc.constant(Math.min(37, minor + ahead)),
          fc.integer({ min: Math.max(13, minor - (minor <= 26 ? 2 : 3)), max: minor }),
        ),
      )
      .filter(([minor, , kubelet]) => inSkew(kubelet, [minor]))
    fc.assert(
      fc.property(lagging, ([minor, target, kubelet]) => {
        const [server, node, to] = [
          version(`v1.${minor}.0`),
          version(`v1.${kubelet}.0`),
          knownBuilds(releases, 'kubernetes', target)[0]?.version,
        ]
        const path = pathOf({ from: { controlPlane: [server], nodes: [node] }, to: to ?? server, distribution: 'upstream' })
        const stops = [minor, ...path.hops.map((hop) => minorOf(hop.version))]
        // patches of the last minor move nodes too, which minors do not show
        const last = minor === target || kubelet === target
        if (!last) expect(path.nodeMoves).toBe(fewestMoves(kubelet, stops))
      }),
    )
  })
})

/** A cluster in the middle of an upgrade: servers of one or two minors, nodes that these allow. */
const halfWay = fc
  .record({
    distribution: fc.constantFrom<Distribution>('kubeadm', 'k3s', 'rke2', 'upstream'),
    minor: fc.integer({ min: 19, max: 36 }),
    servers: fc.array(fc.nat(1), { minLength: 1, maxLength: 3 }),
    lags: fc.array(fc.nat(3), { maxLength: 4 }),
    ahead: fc.nat(12),
    workers: fc.constantFrom<WorkerPace>('Lazy', 'EveryHop'),
  })
  .map(({ distribution, minor, servers, lags, ahead, workers }) => {
    const build = (number: number, which: 'Newest' | 'Oldest') => {
      const builds = knownBuilds(releases, releaseLine(distribution), number)
      return (which === 'Newest' ? builds[0] : builds.at(-1))?.version.text ?? ''
    }
    const newest = minor + Math.max(...servers)
    const oldest = minor + Math.min(...servers)
    const lag = distribution === 'kubeadm' && newest <= 28 ? 1 : 3
    const nodes = lags.map((back) => Math.max(19, newest - Math.min(back, lag))).map((number) => Math.min(number, oldest))
    return {
      distribution,
      workers,
      controlPlane: servers.map((up) => build(minor + up, 'Oldest')),
      nodes: nodes.filter((number) => inSkew(number, [oldest, newest])).map((number) => build(number, 'Oldest')),
      to: build(Math.min(37, newest + ahead), 'Newest'),
    }
  })

describe('from the middle of an upgrade', () => {
  it('the rest of the way is legal, and skew is never broken', () => {
    fc.assert(
      fc.property(halfWay, ({ controlPlane, nodes, to, distribution, workers }) => {
        const from = { controlPlane: controlPlane.map(version), nodes: nodes.map(version) }
        expect(walk(pathOf({ from, to: version(to), distribution, workers }), { controlPlane, nodes })).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('a path that is computed anew after any step of it goes on as it was', () => {
    fc.assert(
      fc.property(halfWay, fc.nat(20), ({ controlPlane, nodes, to, distribution, workers }, steps) => {
        const ask = (servers: readonly string[], kubelets: readonly string[]) =>
          pathOf({ from: { controlPlane: servers.map(version), nodes: kubelets.map(version) }, to: version(to), distribution, workers })
        const whole = ask(controlPlane, nodes)
        const now = [{ controlPlane, nodes }, ...changes(whole, { controlPlane, nodes })].at(Math.min(steps, 200))
        const { controlPlane: servers, nodes: kubelets } = now ?? { controlPlane, nodes }
        const rest = ask(servers, kubelets)
        expect(walk(rest, { controlPlane: servers, nodes: kubelets })).toEqual([])
        const versions = whole.hops.map((hop) => hop.version)
        expect(versions.slice(versions.length - rest.hops.length)).toEqual(rest.hops.map((hop) => hop.version))
      }),
      { numRuns: 300 },
    )
  })

  it('the same request has the same path, and the request is left as it was', () => {
    fc.assert(
      fc.property(halfWay, ({ controlPlane, nodes, to, distribution, workers }) => {
        const request = {
          from: { controlPlane: controlPlane.map(version), nodes: nodes.map(version) },
          to: version(to),
          distribution,
          workers,
        }
        const before = structuredClone(request)
        expect(pathOf(request)).toEqual(pathOf({ ...request, from: { ...request.from, nodes: request.from.nodes.toReversed() } }))
        expect(request).toEqual(before)
      }),
    )
  })
})

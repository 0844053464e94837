import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { compareMinor, type KubernetesVersion, parseVersion } from '../version/kubernetes-version.ts'
import { kubeletSkew, minorsBetween } from '../version/version-skew.ts'
import { isControlPlane } from './node-selection.ts'
import type { Allowance } from './plan-options.ts'
import { backwardsChannelAnswer, judgeVersion, kubernetesTarget } from './version-guard.ts'

const server = { 'node-role.kubernetes.io/control-plane': 'true' }

function node(name: string, kubeletVersion: string, labels: Record<string, string> = {}): NodeFacts {
  return {
    name,
    uid: name,
    resourceVersion: '1',
    labels,
    unschedulable: false,
    ready: true,
    kubeletVersion,
    bootId: '',
    runtimeVersion: 'containerd://1.7.24',
    deleting: false,
  }
}

function version(text: string): KubernetesVersion {
  const parsed = parseVersion(text)
  if (parsed === undefined) throw new Error(`${text} was not read`)
  return parsed
}

function judge(nodes: readonly NodeFacts[], name: string, to: string, more: { apiServer?: string; allow?: Allowance[] } = {}) {
  const found = nodes.find((n) => n.name === name)
  if (found === undefined) throw new Error(`no node ${name}`)
  const servers = nodes.filter(isControlPlane).map((n) => n.kubeletVersion)
  return judgeVersion({
    target: version(to),
    node: found,
    controlPlane: isControlPlane(found),
    nodes,
    apiServer: more.apiServer ?? servers[0] ?? '',
    allow: new Set(more.allow ?? []),
  })
}

describe('kubernetesTarget', () => {
  it.each([
    { image: 'rancher/k3s-upgrade', latestVersion: 'v1.24.6-k3s1', target: 'v1.24.6+k3s1' },
    { image: 'registry.local:5000/mirror/upgrade', latestVersion: 'v1.24.6-k3s1', target: 'v1.24.6+k3s1' },
    { image: 'rancher/rke2-upgrade', latestVersion: 'v1.33.7+rke2r3', target: 'v1.33.7+rke2r3' },
    { image: 'example.com:5000/ops/kubeadm-upgrade:1@sha256:0123', latestVersion: 'v1.33.7', target: 'v1.33.7' },
    { image: 'kubelet', latestVersion: 'v1.33.7', target: 'v1.33.7' },
    { image: 'ops/node-kubernetes', latestVersion: '1.33.7', target: 'v1.33.7' },
    { image: 'ops/k8s.upgrade', latestVersion: 'v1.33.7', target: 'v1.33.7' },
  ])('$image with $latestVersion brings Kubernetes $target', ({ target, ...plan }) => expect(kubernetesTarget(plan)?.text).toBe(target))

  it.each([
    { image: 'ubuntu', latestVersion: 'v1.2.3' },
    { image: 'library/alpine:3.18', latestVersion: 'latest' },
    { image: 'rancher/k3s-upgrade', latestVersion: 'stable' },
    { image: 'registry.k8s.io/ops/apt', latestVersion: 'v1.2.3' },
    { image: 'k8s-at-home/apt', latestVersion: 'v1.2.3' },
    { image: 'ops/apt:k8s', latestVersion: 'v1.2.3' },
    { image: 'rancher/k3os', latestVersion: 'v0.21.5-k3s2r1' },
    { image: 'ops/os-upgrade', latestVersion: 'v1.21.5-k3s2r1' },
    { image: 'rancher/k3s-upgrade', latestVersion: 'v0.10.2' },
    { image: '', latestVersion: '' },
  ])('$image with $latestVersion is not about Kubernetes', (plan) => expect(kubernetesTarget(plan)).toBeUndefined())
})

describe('judgeVersion: defect 28, downgrade', () => {
  const cluster = [node('cp1', 'v1.24.6+k3s2', server), node('w1', 'v1.24.6+k3s2')]

  it.each([
    { name: 'cp1', to: 'v1.24.5+k3s1' },
    { name: 'cp1', to: 'v1.24.6+k3s1' },
    { name: 'w1', to: 'v1.24.5+k3s1' },
    { name: 'w1', to: 'v1.24.6+k3s1' },
    { name: 'w1', to: 'v1.24.6-rc2+k3s1' },
    { name: 'w1', to: 'v1.23.17+k3s1' },
  ])('refuses to lower $name from v1.24.6+k3s2 to $to', ({ name, to }) => {
    expect(judge(cluster, name, to)).toMatchObject({ verdict: 'Blocked', reason: 'Downgrade' })
  })

  it('says which version runs, which was asked for, and what to do', () => {
    expect(judge(cluster, 'w1', 'v1.24.6+k3s1')).toEqual({
      verdict: 'Blocked',
      reason: 'Downgrade',
      message:
        'w1 runs v1.24.6+k3s2 and v1.24.6+k3s1 is lower; set a version that is not lower, or accept it with the annotation falkirk.dev/allow: downgrade',
    })
  })

  it('lowers a node when the Plan allows downgrade', () => {
    expect(judge(cluster, 'w1', 'v1.24.5+k3s1', { allow: ['downgrade'] })).toEqual({ verdict: 'Go' })
    expect(judge(cluster, 'cp1', 'v1.24.5+k3s1', { allow: ['downgrade'] })).toEqual({ verdict: 'Go' })
  })

  it('does not lower a server below its kubelets, even where downgrade is allowed', () => {
    expect(judge(cluster, 'cp1', 'v1.23.17+k3s1', { allow: ['downgrade'] })).toMatchObject({ reason: 'SkewTooWide' })
    expect(judge(cluster, 'cp1', 'v1.23.17+k3s1', { allow: ['downgrade', 'skew'] })).toEqual({ verdict: 'Go' })
  })

  it('does not lower a worker beyond the skew policy, even where downgrade is allowed', () => {
    expect(judge(cluster, 'w1', 'v1.22.1+k3s1', { allow: ['downgrade'] })).toEqual({ verdict: 'Go' })
    expect(judge(cluster, 'w1', 'v1.21.1+k3s1', { allow: ['downgrade'] })).toMatchObject({ reason: 'SkewTooWide' })
  })
})

describe('judgeVersion: defect 28, control-plane nodes', () => {
  it.each([
    { from: 'v1.22.4', to: 'v1.22.9', expected: 'Go' },
    { from: 'v1.22.4', to: 'v1.23.1', expected: 'Go' },
    { from: 'v1.22.4', to: 'v1.24.6', expected: 'SkippedMinor' },
    { from: 'v1.33.7', to: 'v1.35.0', expected: 'SkippedMinor' },
  ])('a single server from $from to $to: $expected', ({ from, to, expected }) => {
    const verdict = judge([node('cp1', from, server)], 'cp1', to)
    expect(verdict.verdict === 'Go' ? 'Go' : verdict.reason).toBe(expected)
  })

  it('names the stop between when a minor would be skipped', () => {
    const verdict = judge([node('cp1', 'v1.22.4+k3s1', server)], 'cp1', 'v1.24.6+k3s1')
    expect(verdict).toMatchObject({
      message:
        'cp1 runs v1.22.4+k3s1 and v1.24.6+k3s1 would skip a minor version of its control plane; go to the last v1.23 first, one minor version at a time, or accept it with the annotation falkirk.dev/allow: skip',
    })
  })

  it('skips a minor when the Plan allows skip', () => {
    expect(judge([node('cp1', 'v1.22.4', server)], 'cp1', 'v1.24.6', { allow: ['skip'] })).toEqual({ verdict: 'Go' })
  })

  it('keeps API servers at most one minor apart', () => {
    const cluster = [node('cp1', 'v1.24.0', server), node('cp2', 'v1.23.0', server), node('cp3', 'v1.23.0', server)]
    expect(judge(cluster, 'cp1', 'v1.25.0')).toEqual({
      verdict: 'Blocked',
      reason: 'SkewTooWide',
      message:
        'with cp1 at v1.25.0, 2 control-plane nodes are more than one minor version away, worst cp2 (v1.23.0); bring the control-plane nodes together first, or accept it with the annotation falkirk.dev/allow: skew',
    })
    expect(judge(cluster, 'cp2', 'v1.24.0')).toEqual({ verdict: 'Go' })
  })

  it('lets API servers that are too far apart come closer', () => {
    const cluster = [node('cp1', 'v1.24.0', server), node('cp2', 'v1.21.0', server)]
    expect(judge(cluster, 'cp2', 'v1.22.0')).toEqual({ verdict: 'Go' })
  })

  it('does not leave a kubelet behind: names the worst and how many', () => {
    const workers = [node('w1', 'v1.22.1'), node('w2', 'v1.21.1'), node('w3', 'v1.22.9'), node('w4', 'v1.23.0')]
    const cluster = [node('cp1', 'v1.24.0', server), ...workers]
    expect(judge(cluster, 'cp1', 'v1.25.0')).toEqual({
      verdict: 'Blocked',
      reason: 'SkewTooWide',
      message:
        'cp1 at v1.25.0 would leave 3 kubelets beyond the version-skew policy, worst w2 (v1.21.1); upgrade or remove them first, or accept it with the annotation falkirk.dev/allow: skew',
    })
    expect(judge(cluster, 'cp1', 'v1.25.0', { allow: ['skew'] })).toEqual({ verdict: 'Go' })
  })

  it('a patch of a server does not wait for kubelets that were behind before', () => {
    expect(judge([node('cp1', 'v1.24.0', server), node('w1', 'v1.20.1')], 'cp1', 'v1.24.6')).toEqual({ verdict: 'Go' })
  })

  it('does not count virtual kubelets and nodes without a version', () => {
    const cluster = [node('cp1', 'v1.24.0', server), node('vk', 'v1.15.2-vk-azure-aci-v1.3', { type: 'virtual-kubelet' }), node('new', '')]
    expect(judge(cluster, 'cp1', 'v1.25.0')).toEqual({ verdict: 'Go' })
  })

  it('knows the role by its old label', () => {
    const cluster = [node('cp1', 'v1.19.0', { 'node-role.kubernetes.io/master': '' }), node('w1', 'v1.19.0')]
    expect(judge(cluster, 'w1', 'v1.20.0', { apiServer: 'v1.20.0' })).toMatchObject({ reason: 'KubeletAboveApiServer' })
  })
})

describe('judgeVersion: defect 28, workers', () => {
  const cluster = [node('cp1', 'v1.24.6+k3s1', server), node('cp2', 'v1.23.9+k3s1', server), node('w1', 'v1.22.1+k3s1')]

  it('puts no kubelet above any control-plane node, and says to upgrade the servers first', () => {
    expect(judge(cluster, 'w1', 'v1.24.6+k3s1', { apiServer: 'v1.24.6+k3s1' })).toEqual({
      verdict: 'Blocked',
      reason: 'KubeletAboveApiServer',
      message:
        'w1 would get kubelet v1.24.6+k3s1, newer than cp2 (v1.23.9+k3s1); upgrade the servers first, or accept it with the annotation falkirk.dev/allow: skew',
    })
  })

  it('puts no kubelet above the API server that answers, also where no control-plane node is to be seen', () => {
    expect(judge([node('w1', 'v1.22.1')], 'w1', 'v1.24.0', { apiServer: 'v1.23.9-eks-5e0fdde' })).toMatchObject({
      reason: 'KubeletAboveApiServer',
      message: expect.stringContaining('newer than the API server (v1.23.9-eks-5e0fdde)'),
    })
  })

  it.each([
    { to: 'v1.23.9+k3s1', why: 'the oldest server has it' },
    { to: 'v1.23.17+k3s1', why: 'the policy counts minors, not patches' },
  ])('goes to $to: $why', ({ to }) => expect(judge(cluster, 'w1', to)).toEqual({ verdict: 'Go' }))

  it('may skip minors, and come closer to a policy that it had left', () => {
    const behind = [node('cp1', 'v1.24.6', server), node('w1', 'v1.19.1')]
    expect(judge(behind, 'w1', 'v1.24.6')).toEqual({ verdict: 'Go' })
    expect(judge(behind, 'w1', 'v1.20.1')).toEqual({ verdict: 'Go' })
  })

  it('goes above the API server when the Plan allows skew', () => {
    expect(judge(cluster, 'w1', 'v1.24.6+k3s1', { allow: ['skew'] })).toEqual({ verdict: 'Go' })
    expect(judge(cluster, 'w1', 'v1.24.6+k3s1', { allow: ['downgrade', 'skip'] })).toMatchObject({ verdict: 'Blocked' })
  })
})

describe('judgeVersion: invariants', { timeout: 30_000 }, () => {
  const clusters = fc
    .record({
      minor: fc.integer({ min: 20, max: 34 }),
      ahead: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
      behind: fc.array(fc.nat({ max: 2 }), { maxLength: 5 }),
    })
    .map(({ minor, ahead, behind }) => [
      ...ahead.map((a, i) => node(`cp${i}`, `v1.${a && i > 0 ? minor : minor - 1}.0`, server)),
      ...behind.map((b, i) => node(`w${i}`, `v1.${Math.max(minor - 1 - b, minor - 2)}.0`)),
    ])
  const moves = fc.array(fc.record({ node: fc.nat(), minor: fc.integer({ min: 17, max: 37 }), patch: fc.nat({ max: 2 }) }), {
    maxLength: 40,
  })

  it('whatever Plans ask for: nothing is lowered and every pair stays within the policy', () => {
    fc.assert(
      fc.property(clusters, moves, (start, asked) => {
        let nodes = start
        for (const move of asked) {
          const at = nodes[move.node % nodes.length]
          const to = `v1.${move.minor}.${move.patch}`
          if (at === undefined || judge(nodes, at.name, to).verdict !== 'Go') continue
          expect(compareMinor(version(to), version(at.kubeletVersion))).not.toBe(-1)
          nodes = nodes.map((n) => (n.name === at.name ? { ...n, kubeletVersion: to } : n))
          expectWithinPolicy(nodes)
        }
      }),
    )
  })

  it('never locks itself out: workers to the oldest server, then servers one minor up, reaches every version', () => {
    fc.assert(
      fc.property(clusters, fc.integer({ min: 1, max: 4 }), (start, hops) => {
        const last = Math.max(...start.map(minorOf)) + hops
        let nodes = start
        for (let round = 0; round < 20; round++) {
          const oldest = Math.min(...nodes.filter(isControlPlane).map(minorOf))
          nodes = upgradeAll(upgradeAll(nodes, `v1.${oldest}.0`), `v1.${Math.min(oldest + 1, last)}.0`)
        }
        expect(new Set(nodes.map(minorOf))).toEqual(new Set([last]))
      }),
    )
  })

  function minorOf(n: NodeFacts): number {
    return version(n.kubeletVersion).minor
  }

  function upgradeAll(nodes: readonly NodeFacts[], to: string): NodeFacts[] {
    return nodes.reduce(
      (now, { name }) =>
        judge(now, name, to).verdict === 'Go' ? now.map((n) => (n.name === name ? { ...n, kubeletVersion: to } : n)) : now,
      [...nodes],
    )
  }

  function expectWithinPolicy(nodes: readonly NodeFacts[]): void {
    const servers = nodes.filter(isControlPlane).map((n) => version(n.kubeletVersion))
    for (const a of servers) for (const b of servers) expect(Math.abs(minorsBetween(a, b))).toBeLessThanOrEqual(1)
    for (const worker of nodes.filter((n) => !isControlPlane(n))) {
      for (const s of servers) expect(kubeletSkew(version(worker.kubeletVersion), s)).toEqual({ verdict: 'Within' })
    }
  }
})

describe('backwardsChannelAnswer: defect 10', () => {
  it('holds a channel that goes back from v1.36.3+k3s1 to v1.26.3+k3s1', () => {
    expect(backwardsChannelAnswer('v1.36.3-k3s1', 'v1.26.3+k3s1')).toBe(
      'the channel answered v1.26.3+k3s1, lower than v1.36.3+k3s1 in use; check spec.channel, or accept it with the annotation falkirk.dev/allow: downgrade',
    )
  })

  it.each([
    { current: 'v1.36.3-k3s1', answer: 'v1.36.3-k3s1', image: '' },
    { current: 'v1.36.3-k3s1', answer: 'v1.36.3-k3s2', image: '' },
    { current: 'v1.36.3-k3s1', answer: 'v1.37.0-k3s1', image: '' },
    { current: '', answer: 'v1.26.3-k3s1', image: '' },
    { current: 'v1.36.3-k3s1', answer: 'v1.36.3-rke2r1', image: '' },
    { current: 'test', answer: 'local', image: '' },
    { current: 'v2.0.1', answer: 'v2.0.0', image: 'ops/agent' },
  ])('follows a channel from $current to $answer ($image)', ({ current, answer, image }) => {
    expect(backwardsChannelAnswer(current, answer, image)).toBeUndefined()
  })

  it('holds an answer that is no version while one is in use', () => {
    expect(backwardsChannelAnswer('v1.36.3-k3s1', 'login')).toBe(
      'the channel answered login, which is no version of Kubernetes; check spec.channel',
    )
  })

  it('holds a plain version only for an image that is about Kubernetes', () => {
    expect(backwardsChannelAnswer('v1.36.3', 'v1.36.2', 'ops/kubeadm-upgrade')).toContain('lower than v1.36.3')
    expect(backwardsChannelAnswer('v1.36.3', 'v1.36.2')).toBeUndefined()
  })
})

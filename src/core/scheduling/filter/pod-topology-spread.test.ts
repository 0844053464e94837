import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.js'
import { describe, expect, it } from 'vitest'
import { answers, type Cluster, node, pod } from '../scheduling.test-support.ts'

const zone = 'topology.kubernetes.io/zone'
const tooMany = "PodTopologySpread: node(s) didn't match pod topology spread constraints"

function zoned(name: string, zoneName: string, more = {}) {
  return node(name, { labels: { [zone]: zoneName }, ...more })
}

function web(name: string, constraint: Partial<TopologySpreadConstraint> = {}, more = {}) {
  const spread = {
    maxSkew: 1,
    topologyKey: zone,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
    ...constraint,
  }
  return pod(name, { labels: { app: 'web' }, spec: { topologySpreadConstraints: [spread] }, ...more })
}

function running(...nodes: readonly string[]) {
  return nodes.map((on, at) => web(`running-${at}`, {}, { on }))
}

describe('topology spread', () => {
  it('refuses the zone that is ahead by more than maxSkew', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: running('a1') }
    expect(answers(web('new'), cluster)).toEqual({ a1: tooMany, b1: 'fits' })
    expect(answers(web('new', { maxSkew: 2 }), cluster)).toEqual({ a1: 'fits', b1: 'fits' })
  })

  it('counts a zone without pods, also when its only node is cordoned', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b', { unschedulable: true })], pods: running('a1') }
    expect(answers(web('new'), cluster).a1).toBe(tooMany)
  })

  it('leaves a tainted zone out when the pod says so', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b', { taints: ['down:NoSchedule'] })], pods: running('a1') }
    expect(answers(web('new', { nodeTaintsPolicy: 'Honor' }), cluster).a1).toBe('fits')
    expect(answers(web('new', { nodeTaintsPolicy: 'Honor' }), { ...cluster, minor: 25 }).a1).toBe(tooMany)
  })

  it('leaves zones out that the node affinity rules out, unless told', () => {
    const spec = { nodeSelector: { pool: 'x' } }
    const nodes = [node('a1', { labels: { [zone]: 'a', pool: 'x' } }), zoned('b1', 'b')]
    const cluster = { nodes, pods: running('a1') }
    const constraint = web('new').spec?.topologySpreadConstraints?.[0]
    const asked = (nodeAffinityPolicy?: string) =>
      pod('new', {
        labels: { app: 'web' },
        spec: {
          ...spec,
          topologySpreadConstraints: [{ ...constraint, ...(nodeAffinityPolicy ? { nodeAffinityPolicy } : {}) } as TopologySpreadConstraint],
        },
      })
    expect(answers(asked(), cluster).a1).toBe('fits')
    expect(answers(asked('Ignore'), cluster).a1).toBe(tooMany)
  })

  it.each([
    { minor: 20, says: tooMany },
    { minor: 22, says: 'fits' },
  ])('in 1.$minor pods on ruled-out nodes of an allowed zone: $says', ({ minor, says }) => {
    const allowed = (name: string, zoneName: string) => node(name, { labels: { [zone]: zoneName, pool: 'x' } })
    const nodes = [allowed('a1', 'a'), zoned('a2', 'a'), allowed('b1', 'b')]
    const spread = web('new').spec?.topologySpreadConstraints ?? []
    const asked = pod('new', { labels: { app: 'web' }, spec: { nodeSelector: { pool: 'x' }, topologySpreadConstraints: spread } })
    expect(answers(asked, { nodes, pods: running('a2'), minor }).a1).toBe(says)
  })

  it('does not count pods that are being deleted', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: [web('old', {}, { on: 'a1', terminating: true })] }
    expect(answers(web('new'), cluster).a1).toBe('fits')
  })

  it('does not count pods of other namespaces', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: [web('old', {}, { on: 'a1', namespace: 'other' })] }
    expect(answers(web('new'), cluster).a1).toBe('fits')
  })

  it('does not count the pod itself when it is of another kind', () => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: running('a1') }
    expect(answers({ ...web('new'), metadata: { name: 'new', namespace: 'default', labels: { app: 'batch' } } }, cluster).a1).toBe('fits')
  })

  it('refuses a node without the label for good', () => {
    const cluster = { nodes: [zoned('a1', 'a'), node('n1')] }
    expect(answers(web('new'), cluster).n1).toBe(`${tooMany} (missing required label)`)
  })

  it.each([
    { minor: 24, minDomains: 3, says: 'fits' },
    { minor: 33, minDomains: 3, says: tooMany },
    { minor: 33, minDomains: 2, says: 'fits' },
  ])('with minDomains $minDomains of 2 zones, in 1.$minor: $says', ({ minor, minDomains, says }) => {
    const cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: running('a1', 'b1'), minor }
    expect(answers(web('new', { minDomains }), cluster).a1).toBe(says)
  })

  it.each([
    { minor: 26, says: tooMany },
    { minor: 27, says: 'fits' },
  ])('counts only pods of the same revision by matchLabelKeys, in 1.$minor: $says', ({ minor, says }) => {
    const labelled = (name: string, revision: string, more = {}) =>
      web(name, { matchLabelKeys: ['pod-template-hash'] }, { labels: { app: 'web', 'pod-template-hash': revision }, ...more })
    const cluster: Cluster = { nodes: [zoned('a1', 'a'), zoned('b1', 'b')], pods: [labelled('old', '1', { on: 'a1' })], minor }
    expect(answers(labelled('new', '2'), cluster).a1).toBe(says)
  })
})

import type { PodAffinityTerm } from 'kubernetes-types/core/v1.js'
import { describe, expect, it } from 'vitest'
import { answers, node, type PodOptions, pod } from '../scheduling.test-support.ts'

const zone = 'zone'
const nodes = [node('a1', { labels: { zone: 'a' } }), node('a2', { labels: { zone: 'a' } }), node('b1', { labels: { zone: 'b' } })]
const far = "InterPodAffinity: node(s) didn't match pod affinity rules"
const near = "InterPodAffinity: node(s) didn't match pod anti-affinity rules"
const avoided = "InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules"

function term(app: string, topologyKey: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { labelSelector: { matchLabels: { app } }, topologyKey, ...more }
}

function wants(terms: readonly PodAffinityTerm[], options: PodOptions = {}) {
  const spec = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [...terms] } } }
  return pod('new', { ...options, spec })
}

function avoids(terms: readonly PodAffinityTerm[], options: PodOptions = {}, name = 'new') {
  const spec = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [...terms] } } }
  return pod(name, { ...options, spec })
}

const cache = pod('cache', { labels: { app: 'cache' }, on: 'a1' })

describe('pod affinity', () => {
  it('leaves the topology where such a pod runs', () => {
    expect(answers(wants([term('cache', zone)]), { nodes, pods: [cache] })).toEqual({ a1: 'fits', a2: 'fits', b1: far })
  })

  it('asks for one pod that all terms are about, each in its own topology', () => {
    const terms = [term('cache', zone), term('cache', 'kubernetes.io/hostname')]
    expect(answers(wants(terms), { nodes, pods: [cache] })).toEqual({ a1: 'fits', a2: far, b1: far })
  })

  it('lets the first of a group go anywhere that has the label', () => {
    const first = wants([term('web', zone)], { labels: { app: 'web' } })
    expect(answers(first, { nodes: [...nodes, node('x')] })).toEqual({ a1: 'fits', a2: 'fits', b1: 'fits', x: far })
    expect(answers(wants([term('web', zone)]), { nodes }).a1).toBe(far)
  })

  it('looks in the own namespace, or in those that are named or chosen', () => {
    const other = pod('cache', { labels: { app: 'cache' }, on: 'a1', namespace: 'shared' })
    const cluster = { nodes, pods: [other], namespaces: { shared: { team: 'x' } } }
    expect(answers(wants([term('cache', zone)]), cluster).a1).toBe(far)
    expect(answers(wants([term('cache', zone, { namespaces: ['shared'] })]), cluster).a1).toBe('fits')
    expect(answers(wants([term('cache', zone, { namespaceSelector: { matchLabels: { team: 'x' } } })]), cluster).a1).toBe('fits')
    expect(answers(wants([term('cache', zone, { namespaceSelector: { matchLabels: { team: 'y' } } })]), cluster).a1).toBe(far)
    expect(answers(wants([term('cache', zone, { namespaceSelector: {} })]), cluster).a1).toBe('fits')
  })

  it('without a selector is about nobody', () => {
    expect(answers(wants([{ topologyKey: zone }]), { nodes, pods: [cache] }).a1).toBe(far)
  })
})

describe('pod anti-affinity', () => {
  it('keeps away from the topology of such a pod', () => {
    expect(answers(avoids([term('cache', zone)]), { nodes, pods: [cache] })).toEqual({ a1: near, a2: near, b1: 'fits' })
  })

  it('counts pods that are being deleted', () => {
    const going = { ...cache, metadata: { ...cache.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(answers(avoids([term('cache', 'kubernetes.io/hostname')]), { nodes, pods: [going] }).a1).toBe(near)
  })

  it('holds for the pods on the nodes, too', () => {
    const running = avoids([term('web', zone)], { on: 'b1' }, 'running')
    expect(answers(pod('new', { labels: { app: 'web' } }), { nodes, pods: [running] })).toEqual({ a1: 'fits', a2: 'fits', b1: avoided })
    expect(answers(pod('new', { labels: { app: 'db' } }), { nodes, pods: [running] }).b1).toBe('fits')
    expect(answers(pod('new', { labels: { app: 'web' }, namespace: 'other' }), { nodes, pods: [running] }).b1).toBe('fits')
  })

  it('keeps revisions apart by mismatchLabelKeys', () => {
    const labels = { app: 'web', rev: '2' }
    const running = pod('running', { labels: { app: 'web', rev: '1' }, on: 'a1' })
    const same = pod('same', { labels, on: 'b1' })
    const asked = avoids([term('web', zone, { mismatchLabelKeys: ['rev'] })], { labels })
    expect(answers(asked, { nodes, pods: [running, same] })).toEqual({ a1: near, a2: near, b1: 'fits' })
  })

  it('of a node that has no label has no effect', () => {
    expect(answers(avoids([term('cache', 'rack')]), { nodes, pods: [cache] }).a1).toBe('fits')
  })
})

it('1.20 says each reason with a common one before it', () => {
  const says = (each: ReturnType<typeof wants>) => answers(each, { nodes, pods: [cache], minor: 20 })
  expect(says(wants([term('cache', zone)])).b1).toBe(
    "InterPodAffinity: node(s) didn't match pod affinity/anti-affinity, node(s) didn't match pod affinity rules",
  )
  expect(says(avoids([term('cache', zone)])).a1).toBe(
    "InterPodAffinity: node(s) didn't match pod affinity/anti-affinity, node(s) didn't match pod anti-affinity rules",
  )
})

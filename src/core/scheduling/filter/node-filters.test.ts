import type { PodSpec } from 'kubernetes-types/core/v1.js'
import { describe, expect, it } from 'vitest'
import { answers, type NodeOptions, node, pod } from '../scheduling.test-support.ts'

function answer(spec: Partial<PodSpec>, options: NodeOptions = {}, minor = 33): string | undefined {
  return answers(pod('web', { spec }), { nodes: [node('n1', options)], minor }).n1
}

describe('a cordoned node', () => {
  it.each([
    { tolerations: [], says: 'NodeUnschedulable: node(s) were unschedulable' },
    { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }], says: 'fits' },
    { tolerations: [{ operator: 'Exists' }], says: 'fits' },
    { tolerations: [{ key: 'dedicated', operator: 'Exists' }], says: 'NodeUnschedulable: node(s) were unschedulable' },
  ])('with tolerations $tolerations: $says', ({ tolerations, says }) => {
    expect(answer({ tolerations }, { unschedulable: true })).toBe(says)
  })
})

describe('a tainted node', () => {
  it.each([
    { taint: 'a=b:NoSchedule', tolerations: [{ key: 'a', value: 'b', effect: 'NoSchedule' }], fits: true },
    { taint: 'a=b:NoSchedule', tolerations: [{ key: 'a', value: 'c' }], fits: false },
    { taint: 'a=b:NoSchedule', tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }], fits: false },
    { taint: 'a:NoExecute', tolerations: [], fits: false },
    { taint: 'a:NoExecute', tolerations: [{ key: 'a', operator: 'Equal' }], fits: true },
    { taint: 'a:PreferNoSchedule', tolerations: [], fits: true },
    { taint: 'load=5:NoSchedule', tolerations: [{ key: 'load', operator: 'Gt', value: '3' }], fits: true },
    { taint: 'load=5:NoSchedule', tolerations: [{ key: 'load', operator: 'Lt', value: '3' }], fits: false },
    { taint: 'load=x:NoSchedule', tolerations: [{ key: 'load', operator: 'Gt', value: '3' }], fits: false },
  ])('$taint with $tolerations: fits is $fits', ({ taint, tolerations, fits }) => {
    expect(answer({ tolerations }, { taints: [taint] }) === 'fits').toBe(fits)
  })

  it.each([
    { minor: 17, says: "node(s) had taints that the pod didn't tolerate" },
    { minor: 20, says: "node(s) had taint {role: db}, that the pod didn't tolerate" },
    { minor: 24, says: 'node(s) had untolerated taint {role: db}' },
    { minor: 36, says: 'node(s) had untolerated taint(s)' },
  ])('is worded as in 1.$minor', ({ minor, says }) => {
    expect(answer({}, { taints: ['a:PreferNoSchedule', 'role=db:NoSchedule'] }, minor)).toBe(`TaintToleration: ${says}`)
  })
})

describe('node affinity', () => {
  const labels = { zone: 'a', cpus: '8' }
  const term = (operator: string, key: string, values?: string[]) => ({ key, operator, ...(values === undefined ? {} : { values }) })

  it.each([
    { requirement: term('In', 'zone', ['a', 'b']), fits: true },
    { requirement: term('In', 'zone', ['b']), fits: false },
    { requirement: term('NotIn', 'zone', ['a']), fits: false },
    { requirement: term('NotIn', 'disk', ['a']), fits: true },
    { requirement: term('Exists', 'zone'), fits: true },
    { requirement: term('DoesNotExist', 'zone'), fits: false },
    { requirement: term('Gt', 'cpus', ['4']), fits: true },
    { requirement: term('Gt', 'cpus', ['8']), fits: false },
    { requirement: term('Lt', 'cpus', ['16']), fits: true },
    { requirement: term('Lt', 'zone', ['16']), fits: false },
    { requirement: term('Like', 'zone', ['a']), fits: false },
  ])('$requirement.operator $requirement.key $requirement.values: fits is $fits', ({ requirement, fits }) => {
    const required = { nodeSelectorTerms: [{ matchExpressions: [requirement] }] }
    const says = answer({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }, { labels })
    expect(says).toBe(fits ? 'fits' : "NodeAffinity: node(s) didn't match Pod's node affinity/selector")
  })

  it.each([
    {
      name: 'one of the terms is enough',
      terms: [{ matchExpressions: [term('Exists', 'x')] }, { matchExpressions: [term('Exists', 'zone')] }],
      fits: true,
    },
    { name: 'a term holds as a whole', terms: [{ matchExpressions: [term('Exists', 'zone'), term('Exists', 'x')] }], fits: false },
    { name: 'a term without requirements never holds', terms: [{}], fits: false },
    { name: 'fields name the node', terms: [{ matchFields: [term('In', 'metadata.name', ['n1'])] }], fits: true },
    { name: 'fields name another node', terms: [{ matchFields: [term('In', 'metadata.name', ['n2'])] }], fits: false },
  ])('$name', ({ terms, fits }) => {
    const required = { nodeSelectorTerms: terms }
    const says = answer({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }, { labels })
    expect(says === 'fits').toBe(fits)
  })

  it.each([
    { minor: 19, says: "node(s) didn't match node selector" },
    { minor: 20, says: "node(s) didn't match Pod's node affinity" },
    { minor: 22, says: "node(s) didn't match Pod's node affinity/selector" },
  ])('with a nodeSelector is worded as in 1.$minor', ({ minor, says }) => {
    expect(answer({ nodeSelector: { zone: 'b' } }, { labels }, minor)).toBe(`NodeAffinity: ${says}`)
  })
})

describe('host ports', () => {
  const wants = (hostPort: number, more: { hostIP?: string; protocol?: string } = {}): Partial<PodSpec> => ({
    containers: [{ name: 'main', image: 'app:1', ports: [{ containerPort: 80, hostPort, ...more }] }],
  })

  it.each([
    { taken: wants(80), wanted: wants(80), fits: false },
    { taken: wants(80), wanted: wants(81), fits: true },
    { taken: wants(80), wanted: wants(80, { protocol: 'UDP' }), fits: true },
    { taken: wants(80, { hostIP: '10.0.0.1' }), wanted: wants(80, { hostIP: '10.0.0.2' }), fits: true },
    { taken: wants(80, { hostIP: '10.0.0.1' }), wanted: wants(80), fits: false },
    { taken: wants(80, { hostIP: '0.0.0.0' }), wanted: wants(80, { hostIP: '10.0.0.2' }), fits: false },
  ])('$taken.containers.0.ports and $wanted.containers.0.ports: fits is $fits', ({ taken, wanted, fits }) => {
    const says = answers(pod('b', { spec: wanted }), { nodes: [node('n1')], pods: [pod('a', { spec: taken, on: 'n1' })] }).n1
    expect(says).toBe(fits ? 'fits' : "NodePorts: node(s) didn't have free ports for the requested pod ports")
  })
})

describe('resources', () => {
  it.each([
    { requests: { cpu: '4' }, used: {}, says: 'fits' },
    { requests: { cpu: '3500m' }, used: { cpu: '600m' }, says: 'NodeResourcesFit: Insufficient cpu' },
    { requests: { memory: '8Gi', cpu: '1' }, used: { cpu: '1', memory: '1Ki' }, says: 'NodeResourcesFit: Insufficient memory' },
    { requests: { cpu: '5', memory: '9Gi' }, used: {}, says: 'NodeResourcesFit: Insufficient cpu, Insufficient memory' },
    { requests: { 'ephemeral-storage': '101Gi' }, used: {}, says: 'NodeResourcesFit: Insufficient ephemeral-storage' },
    { requests: { 'example.com/gpu': '1' }, used: {}, says: 'NodeResourcesFit: Insufficient example.com/gpu' },
    { requests: { 'hugepages-2Mi': '2Mi' }, used: {}, says: 'NodeResourcesFit: Insufficient hugepages-2Mi' },
  ])('$requests where $used is taken: $says', ({ requests, used, says }) => {
    const cluster = { nodes: [node('n1')], pods: [pod('a', { requests: used as Record<string, string>, on: 'n1' })] }
    expect(answers(pod('b', { requests: requests as Record<string, string> }), cluster).n1).toBe(says)
  })

  it('counts pods that are being deleted until they are gone', () => {
    const cluster = { nodes: [node('n1')], pods: [pod('a', { requests: { cpu: '3' }, on: 'n1', terminating: true })] }
    expect(answers(pod('b', { requests: { cpu: '2' } }), cluster).n1).toBe('NodeResourcesFit: Insufficient cpu')
  })

  it('counts pods', () => {
    const cluster = { nodes: [node('n1', { allocatable: { pods: '1' } })], pods: [pod('a', { on: 'n1' })] }
    expect(answers(pod('b'), cluster).n1).toBe('NodeResourcesFit: Too many pods')
  })

  it.each([
    { minor: 20, says: 'NodeResourcesFit: Insufficient cpu' },
    { minor: 33, says: 'fits' },
  ])('a pod that asks for no CPU, on a node that is over its CPU, in 1.$minor: $says', ({ minor, says }) => {
    const cluster = { nodes: [node('n1')], pods: [pod('a', { requests: { cpu: '5' }, on: 'n1' })], minor }
    expect(answers(pod('b', { requests: { memory: '1Gi' } }), cluster).n1).toBe(says)
  })
})

describe('a node name', () => {
  it.each([
    { minor: 20, says: "NodeName: node(s) didn't match the requested hostname" },
    { minor: 33, says: "NodeName: node(s) didn't match the requested node name" },
  ])('leaves that node alone, in 1.$minor', ({ minor, says }) => {
    const nodes = [node('n1'), node('n2')]
    expect(answers(pod('a', { spec: { nodeName: 'n2' } }), { nodes, minor })).toEqual({ n1: says, n2: 'fits' })
  })
})

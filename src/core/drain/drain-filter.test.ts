import { describe, expect, it } from 'vitest'
import { bare, defaultPolicy, ownedBy, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { classifyPod, type DaemonSetLookup } from './drain-filter.ts'
import type { DrainPolicy } from './drain-policy.ts'

const now = 1_000_000
const daemonSet = ownedBy('DaemonSet', 'cni')

function classify(pod: PodFacts, policy: Partial<DrainPolicy> = {}, exists: DaemonSetLookup = () => true) {
  const { verdict, reason } = classifyPod(pod, { ...defaultPolicy, ...policy }, exists, now)
  return `${verdict} ${reason}`
}

describe('classifyPod', () => {
  it.each<{ what: string; pod: PodFacts; policy?: Partial<DrainPolicy>; expected: string }>([
    { what: 'a pod of a ReplicaSet', pod: samplePod('a'), expected: 'Evict Managed' },
    { what: 'a pod of a custom resource', pod: samplePod('a', { controller: ownedBy('Fleet', 'x') }), expected: 'Evict Managed' },
    { what: 'a pod that is ending', pod: samplePod('a', { deletionAtMs: now - 99_000 }), expected: 'Evict Managed' },
    {
      what: 'a pod that ended 31 s late, when 30 s are waited for',
      pod: samplePod('a', { deletionAtMs: now - 31_000 }),
      policy: { skipWaitForDeleteTimeoutSeconds: 30 },
      expected: 'Skip Terminating',
    },
    {
      what: 'a pod that ended 30.9 s late, when 30 s are waited for',
      pod: samplePod('a', { deletionAtMs: now - 30_900 }),
      policy: { skipWaitForDeleteTimeoutSeconds: 30 },
      expected: 'Evict Managed',
    },
    { what: 'a DaemonSet pod', pod: samplePod('a', { controller: daemonSet }), expected: 'Skip DaemonSet' },
    {
      what: 'a DaemonSet pod that may not be left',
      pod: samplePod('a', { controller: daemonSet }),
      policy: { ignoreDaemonSets: false },
      expected: 'Refuse DaemonSet',
    },
    {
      what: 'a DaemonSet pod, force',
      pod: samplePod('a', { controller: daemonSet }),
      policy: { force: true },
      expected: 'Skip DaemonSet',
    },
    { what: 'a finished DaemonSet pod', pod: samplePod('a', { controller: daemonSet, phase: 'Failed' }), expected: 'Evict Finished' },
    { what: 'a mirror pod', pod: samplePod('a', { mirror: true, controller: ownedBy('Node', 'w1') }), expected: 'Skip Mirror' },
    {
      what: 'a mirror pod with emptyDir, no controller',
      pod: bare(samplePod('a', { mirror: true, hasEmptyDir: true })),
      expected: 'Skip Mirror',
    },
    {
      what: 'a mirror pod with emptyDir whose data must stay',
      pod: samplePod('a', { mirror: true, hasEmptyDir: true }),
      policy: { deleteEmptyDirData: false },
      expected: 'Skip Mirror',
    },
    {
      what: 'a mirror pod of a DaemonSet that may not be left',
      pod: samplePod('a', { mirror: true, controller: daemonSet }),
      policy: { ignoreDaemonSets: false },
      expected: 'Refuse DaemonSet',
    },
    { what: 'a pod with emptyDir', pod: samplePod('a', { hasEmptyDir: true }), expected: 'Evict LocalStorage' },
    {
      what: 'a pod with emptyDir whose data must stay',
      pod: samplePod('a', { hasEmptyDir: true }),
      policy: { deleteEmptyDirData: false },
      expected: 'Refuse LocalStorage',
    },
    {
      what: 'a finished pod with emptyDir',
      pod: samplePod('a', { hasEmptyDir: true, phase: 'Succeeded' }),
      policy: { deleteEmptyDirData: false },
      expected: 'Evict Finished',
    },
    { what: 'a bare pod', pod: bare(samplePod('a')), expected: 'Refuse Unmanaged' },
    { what: 'a bare pod, force', pod: bare(samplePod('a')), policy: { force: true }, expected: 'Evict Unmanaged' },
    { what: 'a finished bare pod', pod: bare(samplePod('a', { phase: 'Succeeded' })), expected: 'Evict Finished' },
    {
      what: 'a bare pod with emptyDir whose data must stay, force',
      pod: bare(samplePod('a', { hasEmptyDir: true })),
      policy: { force: true, deleteEmptyDirData: false },
      expected: 'Refuse LocalStorage',
    },
    {
      what: 'a pod of an upgrade, even a bare one',
      pod: bare(samplePod('a', { labels: { 'upgrade.cattle.io/controller': '' } })),
      expected: 'Skip Own',
    },
    {
      what: 'a bare pod that is not selected',
      pod: bare(samplePod('a')),
      policy: { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } },
      expected: 'Skip NotSelected',
    },
    {
      what: 'a pod that is selected',
      pod: samplePod('a'),
      policy: { podSelector: { matchLabels: { app: 'web' } } },
      expected: 'Evict Managed',
    },
  ])('$what: $expected', ({ pod, policy, expected }) => expect(classify(pod, policy)).toBe(expected))

  it.each([
    { force: true, exists: false, expected: 'Evict DaemonSetGone' },
    { force: false, exists: false, expected: 'Refuse DaemonSetGone' },
    { force: true, exists: undefined, expected: 'Skip DaemonSet' },
  ])('pod of a DaemonSet that exists: $exists, force: $force: $expected', ({ force, exists, expected }) => {
    expect(classify(samplePod('a', { controller: daemonSet }), { force }, () => exists)).toBe(expected)
  })

  it('asks for the DaemonSet in the namespace of the pod', () => {
    const asked: string[] = []
    const exists = (namespace: string, name: string) => asked.push(`${namespace}/${name}`) > 0
    classifyPod(samplePod('a', { namespace: 'net', controller: daemonSet }), defaultPolicy, exists, now)
    expect(asked).toEqual(['net/cni'])
  })

  it.each([
    { pod: bare(samplePod('a')), policy: {}, field: 'spec.drain.force' },
    { pod: samplePod('a', { hasEmptyDir: true }), policy: { deleteEmptyDirData: false }, field: 'spec.drain.deleteEmptydirData' },
    { pod: samplePod('a', { controller: daemonSet }), policy: { ignoreDaemonSets: false }, field: 'spec.drain.ignoreDaemonSets' },
  ])('a refusal names $field', ({ pod, policy, field }) => {
    expect(classifyPod(pod, { ...defaultPolicy, ...policy }, () => true, now).message).toContain(field)
  })
})

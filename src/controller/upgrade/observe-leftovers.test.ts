import { describe, expect, it } from 'vitest'
import { silentLog } from '../../cluster/log.ts'
import { ObjectCache } from '../../cluster/object-cache.ts'
import { type JobFacts, jobFacts } from '../../core/kubernetes/job-facts.ts'
import { type NodeFacts, nodeFacts } from '../../core/kubernetes/node-facts.ts'
import { runLabel } from '../../core/kubernetes/run-label.ts'
import { softTaintKey, softTaintRun } from '../../core/upgrade/pods/soft-taint.ts'
import { bySoftTaint, withRun } from '../plan/plan-caches.ts'
import { observeLeftovers } from './observe-leftovers.ts'
import { type CachedUpgrade, indexJobs } from './upgrade-caches.ts'

const entry = (run: string) =>
  JSON.stringify({
    run,
    name: run,
    version: 'v1.31.5',
    step: 'Draining',
    since: '2026-11-21T12:00:00Z',
    attempt: 1,
    tries: 1,
    before: { unschedulable: false, kubeletVersion: 'v1.30.4', bootId: 'b' },
  })

/** Nodes by name, with the run of their entry or their soft taint. */
function nodesOf(
  marks: readonly { readonly name: string; readonly entryOf?: string; readonly taintOf?: string }[],
): ObjectCache<NodeFacts> {
  const cache = new ObjectCache<NodeFacts>({ trim: nodeFacts, log: silentLog })
  cache.index(withRun, (node) => (node.run === undefined ? [] : ['yes']))
  cache.index(bySoftTaint, softTaintRun)
  for (const [index, { name, entryOf, taintOf }] of marks.entries()) {
    const annotations = entryOf === undefined ? {} : { 'falkirk.dev/run': entry(entryOf) }
    const taints = taintOf === undefined ? [] : [{ key: softTaintKey, value: taintOf, effect: 'PreferNoSchedule' }]
    cache.observe({ metadata: { name, uid: name, resourceVersion: String(index + 1), annotations }, spec: { taints } })
  }
  return cache
}

function upgradesOf(...uids: readonly string[]): { readonly upgrades: ObjectCache<CachedUpgrade> } {
  const trim = (raw: unknown): CachedUpgrade => {
    const { uid } = (raw as { metadata: { uid: string } }).metadata
    return {
      name: uid,
      uid,
      resourceVersion: '1',
      parsed: { kind: 'Upgrade', upgrade: { metadata: { name: uid, uid, generation: 1 }, spec: { version: 'v1.31.5' } } },
    } as unknown as CachedUpgrade
  }
  const upgrades = new ObjectCache<CachedUpgrade>({ trim, log: silentLog })
  for (const uid of uids) upgrades.observe({ metadata: { uid, name: uid, resourceVersion: '1' } })
  return { upgrades }
}

function jobsOf(...jobs: readonly { readonly name: string; readonly run: string; readonly end: boolean }[]): ObjectCache<JobFacts> {
  const cache = new ObjectCache<JobFacts>({ trim: (raw) => jobFacts(raw), log: silentLog })
  indexJobs(cache)
  for (const [index, { name, run, end }] of jobs.entries()) {
    const conditions = end ? [{ type: 'Complete', status: 'True' }] : []
    const metadata = { name, namespace: 'system-upgrade', uid: name, resourceVersion: String(index + 1), labels: { [runLabel]: run } }
    cache.observe({ metadata, spec: {}, status: { conditions } })
  }
  return cache
}

describe('what runs that are gone have left', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ name: `n${index}`, taintOf: 'here' }))

  it('is nothing while every mark is of a run that goes on: its nodes are not looked at', () => {
    const nodes = nodesOf([...many, { name: 'busy', entryOf: 'here' }])
    expect(observeLeftovers({ nodes }, upgradesOf('here'), undefined)).toMatchObject({ nodes: [], jobs: [] })
  })

  it('is found among the marks of one that goes on', () => {
    const nodes = nodesOf([
      ...many,
      { name: 'a', entryOf: 'gone' },
      { name: 'b', taintOf: 'gone' },
      { name: 'c', entryOf: 'gone', taintOf: 'gone' },
    ])
    const left = observeLeftovers({ nodes }, upgradesOf('here'), undefined)
    expect(left.nodes.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c'])
    expect([left.hasNode('n7'), left.hasNode('other')]).toEqual([true, false])
  })

  it('has the Jobs of runs that are gone, and of others those that have not ended', () => {
    const jobs = jobsOf(
      { name: 'ended', run: 'here', end: true },
      { name: 'at-work', run: 'here', end: false },
      { name: 'ended-of-gone', run: 'gone', end: true },
    )
    const left = observeLeftovers({ nodes: nodesOf([{ name: 'a', entryOf: 'gone' }]) }, upgradesOf('here'), jobs)
    expect(left.jobs.map(({ name }) => name).toSorted()).toEqual(['at-work', 'ended-of-gone'])
  })
})

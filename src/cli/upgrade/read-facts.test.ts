import { expect, it } from 'vitest'
import type { ApiClient } from '../../cluster/api-client.ts'
import type { Resource } from '../../cluster/resource.ts'
import { parseUpgrade } from '../../core/upgrade/api/cluster-upgrade.ts'
import { shippedReleases } from '../../core/version/shipped-releases.ts'
import { readClusterFacts } from './read-facts.ts'

function aRun(name: string, status: object) {
  const metadata = { name, uid: name, generation: 1, creationTimestamp: '2026-11-23T10:00:00Z' }
  return { metadata, spec: { version: 'v1.34.2' }, status: { observedGeneration: 1, ...status } }
}

/** A client of a cluster that has ClusterUpgrades and nothing else. */
function clientOf(runs: readonly object[]): ApiClient {
  const list = async ({ kind }: Resource, { trim }: { readonly trim: (raw: unknown) => unknown }) => {
    if (kind === 'ClusterUpgrade') for (const run of runs) trim(run)
    return { items: [], resourceVersion: '1' }
  }
  const json = async () => ({ metadata: { resourceVersion: '1' }, items: [] })
  return { list, transport: { json }, capabilities: { policyVersion: 'v1', gitVersion: 'v1.34.2' } } as unknown as ApiClient
}

it('what is planned waits for a run that goes on, and not for one that is refused or has ended, as in the controller', async () => {
  const parsed = parseUpgrade({ metadata: { name: 'planned', uid: 'planned' }, spec: { version: 'v1.34.2' } })
  if (parsed.kind !== 'Upgrade') throw new Error(parsed.message)
  const client = clientOf([
    aRun('refused', { phase: 'Refused' }),
    aRun('ended', { phase: 'Complete' }),
    aRun('paused', { phase: 'Paused' }),
  ])
  const { facts } = await readClusterFacts(client, parsed.upgrade, { namespace: 'falkirk', releases: shippedReleases() })
  expect(facts.others.map(({ name, active }) => [name, active])).toEqual([
    ['refused', false],
    ['ended', false],
    ['paused', true],
  ])
})

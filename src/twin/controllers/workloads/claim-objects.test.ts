import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import { type ClaimFilter, decideClaims } from './claim-objects.ts'
import { pod, replicaSet } from './workload-objects.test-support.ts'

const owner = replicaSet('web', 1)
const selector = { matchLabels: { app: 'web' } }
const mine = pod({ name: 'mine', labels: { app: 'web' } })
const strange = pod({ name: 'strange', labels: { app: 'db' } })
const orphan = pod({ name: 'orphan', labels: { app: 'web' } })
const dying = pod({ name: 'dying', labels: { app: 'web' }, deleting: true })

const names = (claims: ReturnType<typeof decideClaims>) =>
  Object.fromEntries(
    Object.entries<readonly KubeObject[]>({ ...claims }).map(([kind, objects]) => [kind, objects.map(({ metadata }) => metadata.name)]),
  )

describe('an owner', () => {
  it('keeps what it selects, releases what it no longer selects, adopts what nobody manages', () => {
    const claims = decideClaims({ owner, selector, controlled: [mine, strange], orphans: [orphan, strange, dying] })
    expect(names(claims)).toEqual({ kept: ['mine'], adopt: ['orphan'], release: ['strange'] })
  })

  it('that is being deleted adopts and releases nothing', () => {
    const leaving = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-11-21T10:00:00Z' } }
    const claims = decideClaims({ owner: leaving, selector, controlled: [mine, strange], orphans: [orphan] })
    expect(names(claims)).toEqual({ kept: ['mine'], adopt: [], release: [] })
  })

  it('leaves alone what it does not consider, and releases what it does not accept', () => {
    const filter: ClaimFilter = { considers: (object) => object.metadata.name !== 'strange', accepts: () => false }
    const claims = decideClaims({ owner, selector, controlled: [mine, strange], orphans: [orphan], filter })
    expect(names(claims)).toEqual({ kept: [], adopt: [], release: ['mine'] })
  })

  it('without a selector owns nothing', () => {
    expect(names(decideClaims({ owner, selector: undefined, controlled: [mine], orphans: [orphan] }))).toEqual({
      kept: [],
      adopt: [],
      release: ['mine'],
    })
  })
})

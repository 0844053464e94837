import { describe, expect, it } from 'vitest'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { surplusRevisions } from './old-revisions.ts'
import { replicaSetFamily } from './replica-set-family.ts'

const template = (image: string) => ({ metadata: {}, spec: { containers: [{ name: 'c', image }] } })
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`

interface Old {
  readonly name: string
  readonly second: number
  readonly revision?: number
  readonly replicas?: number
  readonly leaves?: boolean
  readonly unseen?: boolean
}

function set({ name, second, revision, replicas = 0, leaves = false, unseen = false }: Old): ReplicaSetObject {
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: at(second),
      generation: 2,
      ...(revision === undefined ? {} : { annotations: { 'deployment.kubernetes.io/revision': String(revision) } }),
      ...(leaves ? { deletionTimestamp: at(59) } : {}),
    },
    spec: { replicas, template: template(name) },
    status: { replicas, observedGeneration: unseen ? 1 : 2 },
  } as unknown as ReplicaSetObject
}

function surplus(minor: number, limit: number | undefined, ...old: readonly Old[]): readonly string[] {
  const spec = { template: template('current'), ...(limit === undefined ? {} : { revisionHistoryLimit: limit }) }
  const deployment = { metadata: { name: 'd' }, spec } as unknown as DeploymentObject
  const family = replicaSetFamily(deployment, [set({ name: 'current', second: 50 }), ...old.map(set)])
  return surplusRevisions(deployment, family.old, minor).map(({ metadata }) => metadata.name)
}

describe('old ReplicaSets that are too many', () => {
  it.each([20, 21])('go by the second in which they were made, then by name, where revisions say nothing (1.%i)', (minor) => {
    const [b, a, d] = [
      { name: 'b', second: 1 },
      { name: 'a', second: 2 },
      { name: 'd', second: 1 },
    ]
    expect(surplus(minor, 2, a, b, d)).toEqual(['b'])
    expect(surplus(minor, 1, a, d, b)).toEqual(['b', 'd'])
    expect(surplus(minor, 0, d, a, b)).toEqual(['b', 'd', 'a'])
  })

  it('go by their revisions since 1.21: one that was used again is no old one', () => {
    const again = { name: 'first', second: 1, revision: 10 }
    const [second, third] = [
      { name: 'second', second: 2, revision: 2 },
      { name: 'third', second: 3, revision: 9 },
    ]
    expect(surplus(20, 1, again, second, third)).toEqual(['first', 'second'])
    expect(surplus(21, 1, again, second, third)).toEqual(['second', 'third'])
  })

  it('stay as long as they have pods, or their controller has not looked at them', () => {
    const old = [
      { name: 'a', second: 1, replicas: 1 },
      { name: 'b', second: 2, unseen: true },
      { name: 'd', second: 3 },
      { name: 'e', second: 4 },
    ]
    expect(surplus(20, 1, ...old)).toEqual(['d'])
  })

  it('are not counted when they go already', () => {
    expect(surplus(20, 1, { name: 'a', second: 1, leaves: true }, { name: 'b', second: 2 })).toEqual([])
  })

  it('are none with the limit that stands for none, and ten may stay where none is given', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `s${String(i).padStart(2, '0')}`, second: i }))
    expect(surplus(20, 2_147_483_647, ...many)).toEqual([])
    expect(surplus(20, undefined, ...many)).toEqual(['s00', 's01'])
  })
})

import { describe, expect, it } from 'vitest'
import { digestText } from './digest-text.ts'
import { parsePlan } from './plan.ts'
import { typedPlan } from './typed-plan.ts'

function typed(spec: object, more: object = {}): Readonly<Record<string, unknown>> {
  const parsed = parsePlan({ metadata: { name: 'p', uid: 'u', labels: { a: '' } }, spec: { upgrade: { image: 'i' }, ...spec }, ...more })
  if (parsed.kind !== 'Plan') throw new Error(parsed.message)
  return typedPlan(parsed.plan)
}

describe('typedPlan', () => {
  it('leaves out optional fields that are empty', () => {
    const spec = {
      channel: '',
      concurrency: 0,
      cordon: false,
      secrets: [],
      tolerations: [],
      postCompleteLabels: {},
      imagePullSecrets: [{}],
      upgrade: { image: '', args: [], envs: [{ name: '', value: '' }] },
      drain: { force: false, skipWaitForDeleteTimeout: 0 },
    }
    expect(typed(spec).spec).toEqual({ imagePullSecrets: [{}], upgrade: { image: '', envs: [{ name: '' }] }, drain: {} })
  })

  it('keeps zero where it is not the same as absent', () => {
    const spec = {
      jobActiveDeadlineSecs: 0,
      drain: { gracePeriod: 0, deleteLocalData: false, ignoreDaemonSets: false, timeout: 0 },
      secrets: [{ name: 's', path: '', defaultMode: 0, ignoreUpdates: false }],
      nodeSelector: {},
      window: {},
      upgrade: { image: 'i', securityContext: { privileged: false, capabilities: {} } },
    }
    expect(typed(spec).spec).toEqual({
      ...spec,
      secrets: [{ name: 's', path: '', defaultMode: 0 }],
    })
  })

  it('keeps empty values of labels', () => {
    expect(typed({ nodeSelector: { matchLabels: { worker: '' } }, postCompleteLabels: { done: '' } })).toMatchObject({
      metadata: { labels: { a: '' } },
      spec: { nodeSelector: { matchLabels: { worker: '' } }, postCompleteLabels: { done: '' } },
    })
  })

  it.each([
    ['90s', '1m30s'],
    ['0', '0s'],
    ['1h', '1h0m0s'],
  ])('normalises the duration %s to %s', (written, normal) => {
    expect(typed({ postCompleteDelay: written }).spec).toMatchObject({ postCompleteDelay: normal })
  })

  it('writes the divisor of a resource even when it is not set', () => {
    const envs = [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }]
    expect(digestText((typed({ upgrade: { image: 'i', envs } }).spec as { upgrade: { envs: unknown } }).upgrade.envs)).toBe(
      'map[name:A valueFrom:map[resourceFieldRef:map[divisor:0 resource:limits.cpu]]]',
    )
  })

  it('has a status even when there is none yet', () => {
    expect(typed({}).status).toEqual({})
    expect(typed({}, { status: { latestVersion: 'v1' } }).status).toEqual({ latestVersion: 'v1' })
  })
})

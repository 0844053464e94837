import { describe, expect, it } from 'vitest'
import { parsePlan } from './plan.ts'

const metadata = { name: 'server-plan', namespace: 'system-upgrade', uid: 'u-1', resourceVersion: '7', generation: 2 }

function messageFor(spec: unknown): string {
  const parsed = parsePlan({ metadata, spec })
  return parsed.kind === 'Malformed' ? parsed.message : `no problem: ${JSON.stringify(parsed.plan)}`
}

describe('parsePlan', () => {
  it('reads what a Plan says and keeps its spelling', () => {
    const spec = {
      concurrency: 2,
      cordon: true,
      nodeSelector: { matchExpressions: [{ key: 'k3s-upgrade', operator: 'Exists' }] },
      postCompleteDelay: '90s',
      drain: { timeout: '5m', force: true },
      upgrade: { image: 'rancher/k3s-upgrade', envs: [{ name: 'A', value: 'b' }] },
      window: { days: ['mo'], startTime: '01:00', endTime: '05:00' },
    }
    const status = { conditions: [{ type: 'Complete', status: 'True' }], applying: ['a'] }
    expect(parsePlan({ apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', metadata, spec, status })).toEqual({
      kind: 'Plan',
      plan: { metadata, spec, status },
    })
  })

  it('drops fields that no schema knows, as the API server does', () => {
    const parsed = parsePlan({
      metadata: { ...metadata, managedFields: [] },
      spec: { upgrade: { image: 'a', lifecycle: {} }, paused: true },
    })
    expect(parsed).toEqual({ kind: 'Plan', plan: { metadata, spec: { upgrade: { image: 'a' } } } })
  })

  it('reads null as absent', () => {
    const parsed = parsePlan({
      metadata: { ...metadata, labels: null },
      spec: { upgrade: { image: 'a', args: null }, drain: null },
      status: null,
    })
    expect(parsed).toEqual({ kind: 'Plan', plan: { metadata, spec: { upgrade: { image: 'a' } } } })
  })

  it('reads a Plan from a file, which has neither namespace nor uid', () => {
    const parsed = parsePlan({ metadata: { name: 'p' }, spec: { upgrade: { image: 'a' } } })
    expect(parsed).toMatchObject({
      kind: 'Plan',
      plan: { metadata: { name: 'p', namespace: '', uid: '', resourceVersion: '', generation: 0 } },
    })
  })

  it.each([60_000_000_000, '1m', 0])('defect 18: reads drain.timeout %s, nanoseconds of 64 bits included', (timeout) => {
    expect(parsePlan({ metadata, spec: { upgrade: { image: 'a' }, drain: { timeout } } })).toMatchObject({
      plan: { spec: { drain: { timeout } } },
    })
  })

  it('reads a day that an older CRD let through, so that the window is judged with the rest of the spec', () => {
    expect(parsePlan({ metadata, spec: { upgrade: { image: 'a' }, window: { days: ['never'] } } }).kind).toBe('Plan')
  })

  it.each([
    [undefined, 'spec is missing: describe there what to do on which nodes; at least spec.upgrade.image is needed'],
    [{}, 'spec.upgrade is missing: name the container that does the upgrade, such as {image: rancher/k3s-upgrade}'],
    [{ upgrade: {} }, 'spec.upgrade.image is missing: name the image that does the upgrade, such as rancher/k3s-upgrade'],
    [{ upgrade: { image: 'a' }, prepare: {} }, 'spec.prepare.image is missing: name the image that prepares the node'],
    [{ upgrade: 'a' }, 'spec.upgrade is "a": name the container that does the upgrade, such as {image: rancher/k3s-upgrade}'],
    [{ upgrade: { image: 'a' }, concurrency: 'two' }, 'spec.concurrency is "two": set it to a whole number'],
    [{ upgrade: { image: 'a' }, concurrency: 1.5 }, 'spec.concurrency is 1.5: set it to a whole number'],
    [{ upgrade: { image: 'a' }, cordon: 'yes' }, 'spec.cordon is "yes": set it to true or false'],
    [{ upgrade: { image: 'a' }, secrets: {} }, 'spec.secrets is an object: set it to a list'],
    [{ upgrade: { image: 'a' }, secrets: [{ name: 's' }] }, 'spec.secrets[0].path is missing: set it to a text'],
    [{ upgrade: { image: 'a' }, drain: { timeout: true } }, 'spec.drain.timeout is true: set it to a text or a whole number'],
    [
      { upgrade: { image: 'a' }, drain: { gracePeriod: 2 ** 31 } },
      'spec.drain.gracePeriod is 2147483648: set it to a number of at most 2147483647',
    ],
    [{ upgrade: { image: 'a', args: [null] } }, 'spec.upgrade.args[0] is null: set it to a text'],
    [{ upgrade: { image: 'a' }, postCompleteLabels: { 'a/b': 1 } }, 'spec.postCompleteLabels["a/b"] is 1: set it to a text'],
    [
      { upgrade: { image: 'a' }, postCompleteDelay: '5 minutes' },
      'spec.postCompleteDelay "5 minutes" is no duration: write a number with a unit, such as 30s or 1h30m',
    ],
  ])('names the field and the fix: %j', (spec, message) => {
    expect(messageFor(spec)).toBe(message)
  })

  it('cuts long values', () => {
    expect(messageFor({ upgrade: { image: 'a' }, concurrency: 'x'.repeat(500) }).length).toBeLessThan(130)
  })

  it('does not tell the value of a variable', () => {
    expect(messageFor({ upgrade: { image: 'a', envs: [{ name: 'PIN', value: 31337 }] } })).toBe(
      'spec.upgrade.envs[0].value is a number: set it to a text',
    )
  })

  it('tells of a malformed Plan which one it is', () => {
    expect(parsePlan({ metadata, spec: {} })).toMatchObject({
      kind: 'Malformed',
      name: 'server-plan',
      namespace: 'system-upgrade',
      uid: 'u-1',
    })
  })

  it.each([undefined, null, 1, 'text', [], {}, { metadata: null }, { metadata: { name: 1 } }])('never throws: %j', (object) => {
    expect(parsePlan(object)).toMatchObject({ kind: 'Malformed', name: '' })
  })
})

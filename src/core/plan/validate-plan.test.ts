import { describe, expect, it } from 'vitest'
import type { Plan } from './plan.ts'
import type { PlanSpec } from './plan-spec.ts'
import { type PlanToValidate, validatePlan } from './validate-plan.ts'

function planWith(spec: Partial<PlanSpec>, name = 'server-plan'): Plan {
  return {
    metadata: { name, namespace: 'system-upgrade', uid: 'u', resourceVersion: '1', generation: 1 },
    spec: { upgrade: { image: 'rancher/k3s-upgrade' }, ...spec },
  }
}

function problemOf(spec: Partial<PlanSpec>, more: Partial<PlanToValidate> = {}): string | undefined {
  return validatePlan({ plan: planWith(spec), missingSecrets: [], ...more })
}

const window = { days: ['mo'], startTime: '22:00', endTime: '06:00' }
const badSelector = { matchExpressions: [{ key: 'a', operator: 'Like', values: ['b'] }] }

describe('validatePlan, as system-upgrade-controller judges', () => {
  it.each([
    [true, true],
    [true, false],
    [false, false],
  ])('point 30: refuses deleteEmptydirData %s with deleteLocalData %s, whatever their values', (deleteEmptydirData, deleteLocalData) => {
    expect(problemOf({ drain: { deleteEmptydirData, deleteLocalData } })).toBe(
      'spec.drain cannot specify both deleteEmptydirData and deleteLocalData',
    )
  })

  it('point 30: takes either of the two', () => {
    expect(problemOf({ drain: { deleteEmptydirData: true, disableEviction: true } })).toBeUndefined()
    expect(problemOf({ drain: { deleteLocalData: true } })).toBeUndefined()
  })

  it('tells why drain.podSelector cannot be used', () => {
    expect(problemOf({ drain: { podSelector: badSelector } })).toBe('"Like" is not a valid label selector operator')
  })

  it.each([
    [{ ...window, days: ['never'] }, 'Invalid weekday: never'],
    [{ ...window, days: ['7'] }, 'Invalid weekday, number out of range: 7'],
    [{ ...window, startTime: '25:00' }, 'Invalid time format: 25:00'],
    [{ ...window, timeZone: 'Mars/Olympus' }, 'unknown time zone Mars/Olympus'],
  ])('point 31: refuses window %j', (spec, cause) => {
    expect(problemOf({ window: spec })).toBe(`spec.window is invalid, ${cause}`)
  })

  it('point 32: refuses a negative postCompleteDelay', () => {
    expect(problemOf({ postCompleteDelay: '-30s' })).toBe('spec.postCompleteDelay is negative')
    expect(problemOf({ postCompleteDelay: '1s' })).toBeUndefined()
    expect(problemOf({ postCompleteDelay: '0' })).toBeUndefined()
  })

  it('names all missing Secrets in the order of the spec, but not those with ignoreUpdates', () => {
    const secrets = [
      { name: 'c', path: '' },
      { name: 'ignored', path: '', ignoreUpdates: true },
      { name: 'there', path: '' },
      { name: 'a', path: '' },
    ]
    expect(problemOf({ secrets }, { missingSecrets: ['a', 'c', 'ignored'] })).toBe('secrets "c" not found, secrets "a" not found')
  })

  it('judges in this order, and tells the first problem only', () => {
    const wrong: Partial<PlanSpec> = {
      drain: { deleteEmptydirData: true, deleteLocalData: true, podSelector: badSelector },
      window: { ...window, days: ['never'] },
      postCompleteDelay: '-1s',
      secrets: [{ name: 's', path: '' }],
      nodeSelector: badSelector,
    }
    const more = { missingSecrets: ['s'], optionsProblem: 'annotation x' }
    const steps: [Partial<PlanSpec>, string][] = [
      [{}, 'spec.drain cannot specify both deleteEmptydirData and deleteLocalData'],
      [{ drain: { podSelector: badSelector } }, '"Like" is not a valid label selector operator'],
      [{ drain: {} }, 'spec.window is invalid, Invalid weekday: never'],
      [{ window }, 'spec.postCompleteDelay is negative'],
      [{ postCompleteDelay: '1s' }, 'secrets "s" not found'],
      [{ secrets: [] }, 'annotation x'],
    ]
    let spec = wrong
    for (const [repair, problem] of steps) {
      spec = { ...spec, ...repair }
      expect(problemOf(spec, more)).toBe(problem)
    }
    expect(problemOf(spec)).toBe('spec.nodeSelector cannot be used: "Like" is not a valid label selector operator')
  })
})

describe('validatePlan, beyond that', () => {
  it('has nothing against the Plans of the k3s documentation', () => {
    const control = { key: 'node-role.kubernetes.io/control-plane', operator: 'In', values: ['true'] }
    const spec = { concurrency: 1, cordon: true, nodeSelector: { matchExpressions: [control] }, serviceAccountName: 'system-upgrade' }
    expect(problemOf({ ...spec, version: 'v1.24.6+k3s1' }, { latestVersion: 'v1.24.6-k3s1' })).toBeUndefined()
    expect(problemOf({ ...spec, channel: 'https://update.k3s.io/v1-release/channels/stable' }, { latestVersion: '' })).toBeUndefined()
    const prepare = { image: 'rancher/k3s-upgrade', args: ['prepare', 'server-plan'] }
    expect(problemOf({ ...spec, prepare, version: 'v1.24.6+k3s1' })).toBeUndefined()
  })

  it.each([0, -1, 1, 2 ** 53 - 1])('leaves concurrency %d to its meaning', (concurrency) => {
    expect(problemOf({ concurrency })).toBeUndefined()
  })

  it('leaves a Plan without version and channel to the condition LatestResolved', () => {
    expect(problemOf({})).toBeUndefined()
  })

  it('defect 15: refuses a Plan whose name does not fit into a label', () => {
    expect(validatePlan({ plan: planWith({}, 'p'.repeat(63)), missingSecrets: [] })).toBeUndefined()
    expect(validatePlan({ plan: planWith({}, 'p'.repeat(64)), missingSecrets: [] })).toBe(
      'metadata.name has 64 characters: it becomes part of labels, so give the Plan a name of at most 63',
    )
  })

  it.each(['5m', '1h30m', '0', '', 60_000_000_000])('takes drain.timeout %j', (timeout) => {
    expect(problemOf({ drain: timeout === '' ? {} : { timeout } })).toBeUndefined()
  })

  it.each(['60', 'soon', '-5m', -1])('refuses drain.timeout %j, which kubectl would refuse on the node', (timeout) => {
    expect(problemOf({ drain: { timeout } })).toBe(`spec.drain.timeout is ${JSON.stringify(timeout)}: write a duration such as "5m"`)
  })

  it.each(['v1.24.6+k3s1', 'release-v2021-8', 'latest', 'v'.repeat(63), '20.04'])('takes version %s', (version) => {
    expect(problemOf({ version })).toBeUndefined()
  })

  it.each(['v1.24.6/k3s1', 'v1 24', '+k3s1', 'v1.24+', 'v'.repeat(64), 'vé', ' v1', '$(rm -rf)'])(
    'defect 15: refuses version %j, which makes no label',
    (version) => {
      expect(problemOf({ version })).toMatch(/^spec\.version ".*" cannot be the value of a label: write at most 63 letters, digits/)
    },
  )

  it('defect 15: refuses what a captive portal answers in place of a version', () => {
    expect(problemOf({ channel: 'https://update.k3s.io/stable' }, { latestVersion: 'login?next=%2F' })).toBe(
      'spec.channel led to "login?next=%2F", which cannot be the value of a label: use a channel that redirects to a version',
    )
  })

  it.each(['update.k3s.io/stable', 'ftp://a/b', 'https://', 'http:///x', 'stable', 'https://a b', 'https://user@', 'javascript:alert(1)'])(
    'refuses channel %j',
    (channel) => {
      expect(problemOf({ channel })).toMatch(/^spec\.channel ".*" is no URL: write one that begins with https:\/\/ or http:\/\//)
    },
  )

  it.each([
    'https://a',
    'http://127.0.0.1:8080/x?y=z#w',
    'HTTPS://update.k3s.io/v1-release/channels/stable',
    'https://[::1]:443/x',
    'https://user:pw@host/x',
  ])('takes channel %s', (channel) => {
    expect(problemOf({ channel })).toBeUndefined()
  })

  it('does not judge a channel that is never asked', () => {
    expect(problemOf({ channel: 'stable', version: 'v1' })).toBeUndefined()
  })

  it.each(['', 'Rancher/k3s-upgrade ', 'rancher/K3s', 'a:b:c', 'a:', 'http://a/b', 'a@sha256:12', '-a'])('refuses image %j', (image) => {
    expect(problemOf({ upgrade: { image } })).toBe(
      `spec.upgrade.image ${JSON.stringify(image)} is no image reference: write it as [REGISTRY/]NAME[:TAG][@DIGEST], the name in lower-case letters`,
    )
    expect(problemOf({ prepare: { image } })).toMatch(/^spec\.prepare\.image /)
  })

  it.each([
    [{ done: 'true' }],
    [{ 'example.com/version': '$(LATEST_VERSION)', hash: '$(LATEST_HASH)', empty: '' }],
    [{ short: 'h-$(LATEST_HASH)' }],
  ])('point 34: takes postCompleteLabels %j', (postCompleteLabels) => {
    expect(problemOf({ postCompleteLabels, version: 'v1.24.6+k3s1' }, { latestVersion: 'v1.24.6-k3s1' })).toBeUndefined()
  })

  it.each([
    [
      { 'a b': 'x' },
      'spec.postCompleteLabels: "a b" cannot be the key of a label: write [PREFIX/]NAME with letters, digits, "-", "_" and "."',
    ],
    [
      { a: 'not ok' },
      'spec.postCompleteLabels["a"] "not ok" cannot be the value of a label once it is filled in: write at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
    ],
  ])('defect 21: refuses postCompleteLabels %j, which no node would take', (postCompleteLabels, problem) => {
    expect(problemOf({ postCompleteLabels })).toBe(problem)
  })

  it.each(['$(UNKNOWN)', 'x'.repeat(64), 'version-$(LATEST_HASH)', '$(LATEST_VERSION)-', '$$(LATEST_HASH)'])(
    'defect 21: refuses the label value %s once it is filled in',
    (value) => {
      expect(problemOf({ postCompleteLabels: { a: value } })).toContain('cannot be the value of a label once it is filled in')
    },
  )

  it('cuts what it shows', () => {
    expect(problemOf({ version: 'x'.repeat(5000) })?.length).toBeLessThan(300)
    expect(problemOf({ channel: 'x'.repeat(5000) })?.length).toBeLessThan(300)
  })
})

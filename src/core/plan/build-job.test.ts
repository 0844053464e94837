import { describe, expect, it } from 'vitest'
import { type BuiltJob, buildJob } from './build-job.ts'
import type { JobInput } from './job-input.ts'
import { parsePlan } from './plan.ts'
import { bareNode } from './plan-facts.test-support.ts'
import { defaultPlanSettings } from './plan-settings.ts'

const hash = '21c75c607087495cc7f2c945c508a36de1f8661ce8c6b4d5989a883c'

function planOf(spec: object, metadata: object = {}): JobInput['plan'] {
  const parsed = parsePlan({
    metadata: { name: 'plan', namespace: 'system-upgrade', uid: 'plan-uid', ...metadata },
    spec: { version: 'v1', upgrade: { image: 'a/b' }, ...spec },
  })
  if (parsed.kind !== 'Plan') throw new Error(parsed.message)
  return parsed.plan
}

function built(spec: object, more: Partial<JobInput> = {}): BuiltJob {
  return buildJob({
    plan: planOf(spec),
    latestVersion: 'v1',
    latestHash: hash,
    node: bareNode('node-1'),
    settings: defaultPlanSettings,
    controllerName: 'suc',
    applying: true,
    drainBy: 'Job',
    attempt: 1,
    sharesFirstLabel: false,
    ...more,
  })
}

function job(spec: object, more: Partial<JobInput> = {}) {
  const result = built(spec, more)
  if (result.kind === 'Refused') throw new Error(result.message)
  return result.job
}

const pod = (spec: object, more?: Partial<JobInput>) => job(spec, more).spec?.template.spec
const upgrade = (spec: object, more?: Partial<JobInput>) => pod(spec, more)?.containers[0]
const windows = { node: bareNode('win-1', { 'kubernetes.io/os': 'windows' }) }

describe('metadata of a Job', () => {
  it('point 9: hands down only what no controller keeps on the Plan', () => {
    const keys = { 'cattle.io/some': '1', 'plan.cattle.io/some': '2', 'some.other/key': '3', 'a.cattle.io/b': '4' }
    const annotations = { ...keys, 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    const { metadata, spec } = job({}, { plan: planOf({}, { labels: keys, annotations }) })
    for (const map of [metadata?.labels, metadata?.annotations, spec?.template.metadata?.labels, spec?.template.metadata?.annotations]) {
      const own = Object.keys(map ?? {}).filter((key) => key in keys || key.startsWith('kubectl'))
      expect(own).toEqual(['some.other/key'])
    }
  })

  it('point 77: a Plan cannot claim what Falkirk writes on its Jobs', () => {
    const annotations = { 'falkirk.dev/node': 'victim', 'falkirk.dev/template': 'x', 'falkirk.dev/attempt': '9', 'falkirk.dev/retry': '2' }
    const { metadata, spec } = job({}, { plan: planOf({}, { annotations, labels: { 'falkirk.dev/stage': 'prepare' } }) })
    expect(metadata?.annotations).not.toHaveProperty(['falkirk.dev/node'])
    expect(metadata?.annotations).not.toHaveProperty(['falkirk.dev/attempt'])
    expect(metadata?.annotations?.['falkirk.dev/template']).toMatch(/^[0-9a-f]{64}$/)
    expect(metadata?.labels).not.toHaveProperty(['falkirk.dev/stage'])
    expect(spec?.template.metadata?.annotations).toEqual({ 'falkirk.dev/retry': '2' })
  })

  it('builds a Job for a node without labels: its name is the hostname', () => {
    const terms = pod({})?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
    expect(terms).toEqual([{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] }])
  })

  it('defect 15: a node name that is too long for a label is shortened there and whole in an annotation', () => {
    const name = `${'x'.repeat(70)}.example.com`
    const { metadata, spec } = job({ cordon: true }, { node: bareNode(name) })
    expect(metadata?.labels?.['upgrade.cattle.io/node']).toMatch(/^x{57}-[0-9a-f]{5}$/)
    expect(spec?.template.metadata?.labels?.['upgrade.cattle.io/node']).toBe(metadata?.labels?.['upgrade.cattle.io/node'])
    expect(metadata?.annotations?.['falkirk.dev/node']).toBe(name)
    expect(spec?.template.spec?.initContainers?.[0]?.args).toEqual(['cordon', name])
  })

  it('defect 14: nodes with the same first DNS label get Jobs of their own', () => {
    const names = ['a.eu', 'a.us'].map((name) => job({}, { node: bareNode(name), sharesFirstLabel: true }).metadata?.name)
    expect(new Set(names).size).toBe(2)
  })

  it('notes a second try on the Job, not in the pod', () => {
    const { metadata, spec } = job({}, { attempt: 2 })
    expect(metadata?.annotations?.['falkirk.dev/attempt']).toBe('2')
    expect(JSON.stringify(spec)).not.toContain('falkirk.dev')
    expect(metadata?.annotations?.['falkirk.dev/template']).toBe(job({}).metadata?.annotations?.['falkirk.dev/template'])
  })
})

describe('spec of a Job', () => {
  it('point 46: waits with parallelism 0 until its node is in progress, and runs with 1 from then on', () => {
    expect(job({}, { applying: false }).spec).toMatchObject({ completions: 1, parallelism: 0 })
    expect(job({}, { applying: true }).spec).toMatchObject({ completions: 1, parallelism: 1 })
  })

  it('leaves the replacement of pods to the API server when no setting says it', () => {
    const { jobPodReplacementPolicy: _, ...settings } = defaultPlanSettings
    expect(job({}).spec?.podReplacementPolicy).toBe('TerminatingOrFailed')
    expect(job({}, { settings }).spec).not.toHaveProperty('podReplacementPolicy')
  })

  it('point 71: keeps pods of one Plan apart on a node, and pods of exclusive Plans from any other exclusive one', () => {
    const apart = (spec: object) =>
      pod(spec)?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.map((t) => t.labelSelector?.matchExpressions)
    expect(apart({})).toEqual([[{ key: 'upgrade.cattle.io/plan', operator: 'In', values: ['plan'] }]])
    expect(apart({ exclusive: true })).toEqual([[{ key: 'upgrade.cattle.io/exclusive', operator: 'In', values: ['true'] }]])
  })
})

describe('containers of a Job', () => {
  it.each([
    { point: 'point 55', spec: { cordon: true, drain: {} }, names: ['drain'] },
    { point: 'point 56', spec: { prepare: { image: 'p' }, drain: {} }, names: ['prepare', 'drain'] },
    { point: 'cordon alone', spec: { prepare: { image: 'p' }, cordon: true }, names: ['prepare', 'cordon'] },
    { point: 'neither', spec: { cordon: false }, names: undefined },
  ])('$point: $spec gives the init containers $names', ({ spec, names }) => {
    expect(pod(spec)?.initContainers?.map((c) => c.name)).toEqual(names)
  })

  it('defect 27: a Job whose node the controller has prepared and drained has no kubectl in it, and does not prepare again', () => {
    const spec = { prepare: { image: 'p' }, cordon: true, drain: {} }
    expect(pod(spec, { drainBy: 'Controller' })?.initContainers).toBeUndefined()
    expect(pod(spec, { drainBy: 'Controller', stage: 'Prepare' })?.initContainers?.map((c) => c.name)).toEqual(['prepare'])
  })

  it('point 10: the pull policy is a setting, for every container', () => {
    const settings = { ...defaultPlanSettings, jobImagePullPolicy: 'Always' }
    const { initContainers = [], containers = [] } = pod({ prepare: { image: 'p' }, drain: {} }, { settings }) ?? {}
    expect([...initContainers, ...containers].map((c) => c.imagePullPolicy)).toEqual(['Always', 'Always', 'Always'])
  })

  it('points 15 and 73: a Plan may replace what tells of the pod, but not what tells of the Plan', () => {
    const envs = [{ name: 'SYSTEM_UPGRADE_NODE_NAME', value: 'own' }]
    expect(upgrade({ upgrade: { image: 'a', envs } })?.env?.map((e) => e.name)).toEqual([
      'SYSTEM_UPGRADE_NODE_NAME',
      'SYSTEM_UPGRADE_POD_NAME',
      'SYSTEM_UPGRADE_POD_UID',
      'SYSTEM_UPGRADE_NODE_NAME',
      'SYSTEM_UPGRADE_PLAN_NAME',
      'SYSTEM_UPGRADE_PLAN_LATEST_HASH',
      'SYSTEM_UPGRADE_PLAN_LATEST_VERSION',
    ])
  })

  it('point 17: a security context of the Plan takes the place of the privileged one', () => {
    expect(upgrade({})?.securityContext).toEqual({ privileged: true, capabilities: { add: ['CAP_SYS_BOOT'] } })
    expect(upgrade({ upgrade: { image: 'a', securityContext: { runAsUser: 1 } } })?.securityContext).toEqual({ runAsUser: 1 })
    const settings = { ...defaultPlanSettings, jobPrivileged: false }
    expect(upgrade({}, { settings })?.securityContext).toEqual({ privileged: false, capabilities: { add: ['CAP_SYS_BOOT'] } })
  })

  it('never tags the kubectl image', () => {
    const settings = { ...defaultPlanSettings, kubectlImage: 'rancher/kubectl' }
    expect(pod({ cordon: true }, { settings })?.initContainers?.[0]?.image).toBe('rancher/kubectl')
  })

  it('point 76: containers on a Windows node are processes of the host', () => {
    const settings = { ...defaultPlanSettings, kubectlImageWindows: 'kubectl-windows' }
    const own = { securityContext: { runAsNonRoot: true } }
    const spec = { prepare: { image: 'p', ...own }, drain: {} }
    const context = { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } }
    const [prepare, drain] = pod(spec, { ...windows, settings })?.initContainers ?? []
    expect(prepare?.securityContext).toEqual(context)
    expect(drain).toMatchObject({ image: 'kubectl-windows', securityContext: context })
    expect(upgrade(spec, { ...windows, settings })?.securityContext).toEqual(context)
    expect(upgrade({ upgrade: { image: 'a', ...own } }, { ...windows, settings })?.securityContext).toEqual(own.securityContext)
  })
})

describe('buildJob refuses', () => {
  it('point 76: a Windows node without a Windows kubectl image', () => {
    expect(built({}, windows)).toEqual({
      kind: 'Refused',
      reason: 'ValidationFailed',
      message: 'Failed to create job for node win-1: SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE_WINDOWS is required when targeting Windows nodes',
    })
    expect(built({ drain: {} }, { ...windows, drainBy: 'Controller' }).kind).toBe('Job')
  })

  it.each([{ latestHash: '' }, { latestVersion: '' }])('a Plan that is not resolved: %j', (more) => {
    expect(built({}, more)).toMatchObject({
      kind: 'Refused',
      message: expect.stringContaining('node-1: the Plan has no resolved version yet'),
    })
  })
})

describe('warnings of a Job', () => {
  it.each([
    { spec: { drain: { timeout: '20m' } }, warns: ['spec.drain.timeout (1200 s) is longer than the Job may take (600 s)'] },
    { spec: { drain: { timeout: 600e9 } }, warns: [] },
    { spec: { drain: { timeout: '20m' }, jobActiveDeadlineSecs: 0 }, warns: [] },
    { spec: { upgrade: { image: 'A/B C' } }, warns: [expect.stringContaining('spec.upgrade: image "A/B C"')] },
  ])('are $warns for $spec', ({ spec, warns }) => {
    expect(built(spec)).toMatchObject({ kind: 'Job', warnings: warns })
  })
})

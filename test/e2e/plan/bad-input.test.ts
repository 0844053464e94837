import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { logTail } from '../../rig/owned-process.ts'
import { requestsSince, untilAtRest } from './at-rest.ts'
import { type BareStage, setBareStage } from './bare-stage.ts'
import { roleObjects } from './rights.ts'
import {
  after,
  before,
  createPlan,
  type PlanEvent,
  planObject,
  prepareRollout,
  Rollout,
  type RolloutOptions,
  startRollout,
} from './rollout.ts'
import { namespace } from './stage.ts'

/** Rights of `deploy/base`, without the one to change the Plan API. */
const limited = 'limited'

let stage: BareStage
let falkirk: FalkirkProcess

beforeAll(async () => {
  stage = await setBareStage({ name: 'plan-bad-input', users: [{ name: limited }], auditedUsers: ['sut', limited] })
})

afterAll(async () => {
  await stage?.down()
})

const version = { version: after }

/** A Plan API as it was in an older release: few fields, and nothing required. */
const oldDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'plans.upgrade.cattle.io', labels: { owner: 'helm' } },
  spec: {
    group: 'upgrade.cattle.io',
    names: { kind: 'Plan', listKind: 'PlanList', plural: 'plans', singular: 'plan' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  concurrency: { type: 'integer' },
                  cordon: { type: 'boolean' },
                  nodeSelector: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  serviceAccountName: { type: 'string' },
                  version: { type: 'string' },
                  upgrade: { type: 'object', properties: { image: { type: 'string' } } },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
}

describe('a Plan API that is older than the controller', () => {
  let withoutUpgrade: Rollout

  beforeAll(async () => {
    await stage.plane.kubectl.apply(JSON.stringify(oldDefinition))
    await stage.plane.kubectl.established('plans.upgrade.cattle.io')
    const crdPatch = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', verb: 'patch', scope: 'Cluster' } as const
    const items = roleObjects({ user: limited, namespace, drains: false, without: crdPatch })
    await stage.plane.kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    withoutUpgrade = await prepareRollout(stage, { name: 'no-upgrade' })
    const { upgrade: _, ...spec } = (planObject({ name: 'no-upgrade', spec: { version: after } }) as { spec: Record<string, unknown> }).spec
    await stage.plane.api.post(`/apis/upgrade.cattle.io/v1/namespaces/${namespace}/plans`, { ...planObject({ name: 'no-upgrade' }), spec })
  })

  it('is not worked with when it may not be brought up to date: missing fields are named, no node is touched', async () => {
    const kubeconfig = stage.plane.kubeconfigFor(limited)
    const waiting = await stage.startController({ processName: 'limited', kubeconfig, leaderElect: true })
    const said =
      /the CustomResourceDefinition plans\.upgrade\.cattle\.io is older than this version of Falkirk and lacks v1: spec\.channel, v1: spec\.drain, v1: spec\.exclusive and \d+ more; apply the one that comes with it \(deploy\/\), or let Falkirk do it: user "limited" may not patch/
    await expect.poll(() => readyText(waiting), { timeout: 60_000 }).toMatch(said)
    await expect.poll(() => logTail(waiting.process.logFile, 20), { timeout: 10_000 }).toMatch(/"code":"FK_CRD_OUTDATED"/)
    // it tries again after a pause, and asks for little each time
    await expect.poll(() => triesOf(limited).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(2)
    const [firstMs = 0, secondMs = 0] = triesOf(limited)
    expect(secondMs - firstMs).toBeGreaterThan(500)
    expect(stage.plane.requests(limited).filter(({ atMs }) => atMs >= firstMs && atMs < secondMs).length).toBeLessThan(20)
    expect(waiting.process.running).toBe(true)
    expect(withoutUpgrade.everTouched()).toEqual([])

    // granted by somebody who may
    await stage.plane.kubectl(['replace', '-f', 'deploy/base/crd.yaml'])
    await waiting.ready()
    await waiting.stop()
  })

  it('is brought up to date where that is allowed, with its labels kept', async () => {
    // told 30 seconds later, see the end
    await createElsewhere()
    await stage.plane.kubectl(['replace', '-f', '-'], { input: JSON.stringify(oldDefinition) })
    falkirk = await stage.startController()
    await falkirk.ready()
    const crd = await stage.plane.kubectl.json<{ metadata: { labels: object } }>(['get', 'crd', 'plans.upgrade.cattle.io'])
    expect(JSON.stringify(crd)).toContain('postCompleteDelay')
    expect(crd.metadata.labels).toEqual({ owner: 'helm' })
  })

  it('has let a Plan without upgrade pass: the new one takes no status of it, an event says what to write there, once', async () => {
    const said = 'spec.upgrade is missing: name the container that does the upgrade, such as {image: rancher/k3s-upgrade}'
    expect(await withoutUpgrade.event('ValidateFailed')).toMatchObject({ type: 'Warning', message: `Failed to validate plan: ${said}` })
    await expect.poll(() => logTail(falkirk.process.logFile, 100), { timeout: 30_000 }).toContain(said)
    await withoutUpgrade.patchNode({ metadata: { labels: { looked: 'at' } } })
    const witness = await startRollout(stage, { name: 'witness', spec: version })
    await witness.untilComplete()
    expect(withoutUpgrade.everTouched()).toEqual([])

    await withoutUpgrade.edit({ spec: { upgrade: { image: 'rancher/k3s-upgrade' } } })
    await withoutUpgrade.untilComplete()
    expect(logTail(falkirk.process.logFile, 400).split(said)).toHaveLength(2)
  })
})

/** When a controller has asked to bring the Plan API up to date. */
function triesOf(user: string): readonly number[] {
  const tries = stage.plane.requests(user).filter(({ verb, resource }) => verb === 'patch' && resource === 'customresourcedefinitions')
  return tries.map(({ atMs }) => atMs)
}

async function readyText(controller: FalkirkProcess): Promise<string> {
  return fetch(`${controller.url}/readyz`).then(
    (answer) => answer.text(),
    () => '',
  )
}

interface BadPlan {
  readonly name: string
  readonly bad: Omit<RolloutOptions, 'name'>
  readonly says: string | RegExp
  /** What mends it; a spec that takes the bad part's place unless it is a function. */
  readonly fix: object | (() => Promise<unknown>)
  readonly condition?: string
}

const long = (count: number) => 'x'.repeat(count)

const badPlans: readonly BadPlan[] = [
  {
    name: 'bad-image',
    bad: { spec: { ...version, upgrade: { image: 'Rancher/K3S upgrade' } } },
    says: 'spec.upgrade.image "Rancher/K3S upgrade" is no image reference: write it as [REGISTRY/]NAME[:TAG][@DIGEST], the name in lower-case letters',
    fix: { upgrade: { image: 'rancher/k3s-upgrade' } },
  },
  {
    name: 'bad-prepare-image',
    bad: { spec: { ...version, prepare: { image: '//' } } },
    says: /^spec\.prepare\.image "\/\/" is no image reference/,
    fix: { prepare: null },
  },
  {
    name: 'bad-channel',
    bad: { spec: { channel: 'stable' } },
    says: /^spec\.channel "stable" is no URL: write one that begins with https:\/\//,
    fix: { channel: null, ...version },
  },
  {
    name: 'bad-version',
    bad: { spec: { version: 'v1.20.3/k3s1' } },
    says: /^spec\.version "v1\.20\.3\/k3s1" cannot be the value of a label: write at most 63 letters/,
    fix: version,
  },
  {
    name: 'long-version',
    bad: { spec: { version: long(64) } },
    says: /^spec\.version "x+" cannot be the value of a label: write at most 63 letters/,
    fix: version,
  },
  {
    name: 'huge-concurrency',
    bad: { spec: { ...version, concurrency: 2 ** 60 } },
    says: /^spec\.concurrency .*/,
    fix: { concurrency: 1 },
  },
  {
    name: 'bad-operator',
    bad: { spec: { ...version, nodeSelector: { matchExpressions: [{ key: 'rollout', operator: 'Near', values: ['x'] }] } } },
    says: /^spec\.nodeSelector cannot be used: .*"?Near"?/,
    fix: { nodeSelector: { matchExpressions: null, matchLabels: { rollout: 'bad-operator' } } },
  },
  {
    name: 'bad-delay',
    bad: { spec: { ...version, postCompleteDelay: 'soon' } },
    says: /^spec\.postCompleteDelay is "?soon"?, which is no duration: write a number with a unit, such as 30s or 1h30m|^spec\.postCompleteDelay .*no duration/,
    fix: { postCompleteDelay: null },
  },
  {
    name: 'bad-time',
    bad: { spec: { ...version, window: { startTime: '25:99', endTime: '10:00' } } },
    says: 'spec.window is invalid, Invalid time format: 25:99',
    fix: { window: null },
  },
  {
    name: 'bad-zone',
    bad: { spec: { ...version, window: { startTime: '9', endTime: '10', timeZone: 'Mars/Olympus' } } },
    says: 'spec.window is invalid, unknown time zone Mars/Olympus',
    fix: { window: null },
  },
  {
    name: 'missing-secret',
    bad: { spec: { ...version, secrets: [{ name: 'late', path: '/late' }] } },
    says: 'secrets "late" not found',
    fix: () => stage.plane.api.post(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'late' }, stringData: { a: 'b' } }),
  },
  {
    name: 'bad-label',
    bad: { spec: { ...version, postCompleteLabels: { 'os.example/version': '$(LATEST_VERSION)/x' } } },
    says: /^spec\.postCompleteLabels\["os\.example\/version"\] .*cannot be the value of a label once it is filled in/,
    fix: { postCompleteLabels: null },
  },
  {
    name: 'long-label',
    bad: { spec: { ...version, postCompleteLabels: { hash: '$(LATEST_HASH)-and-more' } } },
    says: /^spec\.postCompleteLabels\["hash"\] .*write at most 63 letters/,
    fix: { postCompleteLabels: null },
  },
  {
    name: 'bad-volume',
    bad: { spec: { ...version, upgrade: { image: 'x', volumes: [{ name: 'A', source: '/a', destination: '/a' }] } } },
    says: /^spec\.upgrade\.volumes\[0\]\.name "A"/,
    fix: { upgrade: { image: 'rancher/k3s-upgrade', volumes: null } },
  },
  {
    name: 'bad-retry',
    bad: { spec: version, annotations: { 'falkirk.dev/retry': 'often' } },
    says: /^annotation falkirk\.dev\/retry is "?often"?: /,
    fix: { annotations: { 'falkirk.dev/retry': null } },
  },
  {
    name: 'bad-annotation',
    bad: { spec: version, annotations: { 'falkirk.dev/alow': 'downgrade' } },
    says: /^annotation falkirk\.dev\/alow is not known: did you mean falkirk\.dev\/allow\?/,
    fix: { annotations: { 'falkirk.dev/alow': null } },
  },
]

function mend(rollout: Rollout, fix: BadPlan['fix']): Promise<unknown> {
  if (typeof fix === 'function') return fix()
  return 'annotations' in fix ? rollout.edit({ metadata: fix }) : rollout.edit({ spec: fix })
}

describe.concurrent('a Plan that cannot be used', () => {
  it.each(badPlans)(
    '$name: says what is wrong and how it would be right, touches no node, and goes on when it is',
    async ({ name, bad, says, fix }) => {
      const rollout = await startRollout(stage, { name, ...bad })
      await rollout.until('Validated', /^False\/Error/)
      const message = rollout.condition('Validated').replace('False/Error: ', '')
      expect(message).toEqual(typeof says === 'string' ? says : expect.stringMatching(says))
      expect(message).not.toMatch(/\n|^.{600}/)
      expect(rollout.condition()).toBe('False/NotReady: plan is not valid and resolved')
      expect(await rollout.event('ValidateFailed')).toMatchObject({
        type: 'Warning',
        count: 1,
        message: `Failed to validate plan: ${message}`,
      })
      expect(rollout.everTouched()).toEqual([])

      await mend(rollout, fix)
      await rollout.untilComplete()
      expect(rollout.runs()).toHaveLength(1)
    },
  )

  it('has a name that is too long for a label: it says so', async () => {
    const name = `long-${long(60)}`
    const nodes = await prepareRollout(stage, { name: 'long-plan' })
    await createPlan(stage, { name, spec: { ...version, nodeSelector: { matchLabels: { rollout: 'long-plan' } } } })
    const rollout = new Rollout(stage, name, nodes.nodes)
    expect(await rollout.until('Validated', /^False/)).toBe(
      'False/Error: metadata.name has 65 characters: it becomes part of labels, so give the Plan a name of at most 63',
    )
    expect(rollout.everTouched()).toEqual([])
    await rollout.delete()
  })
})

async function createElsewhere(): Promise<void> {
  await prepareRollout(stage, { name: 'elsewhere' })
  const object = planObject({ name: 'elsewhere', spec: version }, 'default')
  await stage.plane.api.post('/apis/upgrade.cattle.io/v1/namespaces/default/plans', object)
}

async function eventsIn(where: string, plan: string): Promise<PlanEvent[]> {
  const query = encodeURIComponent(`involvedObject.kind=Plan,involvedObject.name=${plan}`)
  return (await stage.plane.api.get<{ items: PlanEvent[] }>(`/api/v1/namespaces/${where}/events?fieldSelector=${query}`)).items
}

describe.concurrent('a Plan that selects nothing', () => {
  it.each([
    { name: 'zero', spec: { concurrency: 0 } },
    { name: 'negative', spec: { concurrency: -3 } },
    { name: 'no-match', spec: { nodeSelector: { matchLabels: { rollout: 'nobody' } } } },
    { name: 'no-selector', spec: { nodeSelector: null } },
  ])('$name: is complete, and touches no node', async ({ name, spec }) => {
    const rollout = await startRollout(stage, { name, spec: { ...version, ...spec } })
    await rollout.until('Complete', /^True\/Complete$/)
    expect(rollout.everTouched()).toEqual([])
  })
})

describe.concurrent('what is large or unusual, and right', () => {
  it('a concurrency far above the number of nodes takes them all at once', async () => {
    const held = stage.script.hold('all')
    const rollout = await startRollout(stage, { name: 'all', nodes: 3, spec: { ...version, concurrency: 2 ** 52 } })
    await rollout.untilRuns(3)
    held.release()
    await rollout.untilComplete()
  })

  it('unknown fields are dropped by the API server, and kubectl says which they are', async () => {
    const rollout = await prepareRollout(stage, { name: 'unknown' })
    const object = planObject({ name: 'unknown', spec: { ...version, pause: true } })
    const refused = await stage.plane.kubectl.attempt(['apply', '-f', '-'], { input: JSON.stringify(object) })
    expect(refused.stderr).toContain('unknown field "pause" in io.cattle.upgrade.v1.Plan.spec')
    await stage.plane.kubectl(['apply', '--validate=false', '-f', '-'], { input: JSON.stringify(object) })
    await rollout.untilComplete()
    expect((await rollout.get()).spec).not.toHaveProperty('pause')
  })

  it('a node name of 253 characters with dots, and a Plan name of 63', async () => {
    const plan = `p${long(61)}y`
    const name = `n${long(57)}.${long(60)}.${long(60)}.${long(60)}.${long(10)}y`
    expect([plan.length, name.length]).toEqual([63, 253])
    await stage.addNodes([{ name, version: before, labels: { rollout: 'long-node', 'kubernetes.io/hostname': `h${long(61)}y` } }])
    await createPlan(stage, { name: plan, spec: { ...version, cordon: true, nodeSelector: { matchLabels: { rollout: 'long-node' } } } })
    const rollout = new Rollout(stage, plan, [name])
    await rollout.untilComplete()
    expect(rollout.runs().map(({ node }) => node)).toEqual([name])
    // Plans and nodes are watched apart: the Plan's end may be seen before the node's label
    await rollout.untilNode('marked as done', () => rollout.done() === rollout.hash())
    expect(rollout.leftOvers()).toEqual([])
  })

  it('two nodes with the same first label are upgraded at the same time, by a Job each', async () => {
    const names = ['twin.one.example', 'twin.two.example']
    await stage.addNodes(names.map((name) => ({ name, version: before, labels: { rollout: 'twins' } })))
    const held = stage.script.hold('twins')
    await createPlan(stage, { name: 'twins', spec: { ...version, cordon: true, concurrency: 2 } })
    const rollout = new Rollout(stage, 'twins', names)
    await rollout.untilRuns(2)
    held.release()
    await rollout.untilComplete()
    expect(
      rollout
        .runs()
        .map(({ node }) => node)
        .sort(),
    ).toEqual(names)
    expect(new Set(rollout.jobs().map((job) => job.name)).size).toBe(2)
    expect(rollout.leftOvers()).toEqual([])
  })

  it('labels at the limit: a version of 63 characters, a label with the hash', async () => {
    const latest = `v${long(61)}y`
    const spec = {
      version: latest,
      upgrade: { image: 'debian' },
      postCompleteLabels: { 'os.example/version': '$(LATEST_VERSION)', hash: 'a-$(LATEST_HASH)-b-c' },
    }
    const rollout = await startRollout(stage, { name: 'limits', spec })
    await rollout.untilComplete()
    expect(rollout.node()?.labels).toMatchObject({ 'os.example/version': latest, hash: `a-${rollout.hash()}-b-c` })
  })
})

describe('after all this', () => {
  it('a Plan in another namespace has been told where it would be looked after, and so has the log', async () => {
    const said = `no controller looks after this Plan: system-upgrade-controller serves Plans in namespace ${namespace} alone; create it there, or run a controller for namespace default`
    await expect
      .poll(() => eventsIn('default', 'elsewhere'), { timeout: 90_000 })
      .toMatchObject([{ type: 'Warning', reason: 'NotServed', message: said }])
    expect(logTail(falkirk.process.logFile, 1000)).toContain(said)
    expect(new Rollout(stage, 'elsewhere', ['elsewhere-0']).everTouched()).toEqual([])
  })

  it('the controller still runs, is ready, and asks for nothing', async () => {
    expect(falkirk.process.running).toBe(true)
    await falkirk.ready()
    const sinceMs = await untilAtRest(stage)
    await sleep(3_000)
    expect(requestsSince(stage, sinceMs)).toEqual([])
  })
})

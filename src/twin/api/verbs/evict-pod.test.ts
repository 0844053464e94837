import { describe, expect, it } from 'vitest'
import { as } from '../../kube-object.ts'
import { ask } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'

const path = '/api/v1/namespaces/default/pods/p/eviction'
const budgets = 'poddisruptionbudgets.policy'
const key = { namespace: 'default', name: 'p' }

interface Case {
  readonly allowed?: number
  readonly ready?: boolean
  readonly healthy?: number
  readonly desired?: number
  readonly phase?: string
  readonly budgets?: number
  readonly policy?: string
  readonly observed?: number
}

async function setUp(gitVersion: string, { allowed = 1, ready = true, healthy = 3, desired = 2, phase = 'Running', ...rest }: Case) {
  const twin = await smallServer({ gitVersion })
  await twin.client.create('pods', podNamed('p', 'n'))
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
  await twin.client.change('pods', key, (pod) => ({ ...pod, status: { ...(pod.status as object), phase, conditions } }), 'status')
  for (let i = 0; i < (rest.budgets ?? 1); i += 1) {
    const selector = { matchLabels: { app: 'web' } }
    const policy = rest.policy === undefined ? {} : { unhealthyPodEvictionPolicy: rest.policy }
    await twin.client.create(budgets, {
      metadata: { name: `b${i}`, namespace: 'default' },
      spec: { maxUnavailable: 1, selector, ...policy },
    })
    const status = {
      observedGeneration: rest.observed ?? 1,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: 3,
    }
    await twin.client.change(budgets, { namespace: 'default', name: `b${i}` }, (budget) => ({ ...budget, status }), 'status')
  }
  const evict = (body: object = {}, query = '') =>
    ask(twin.server, 'POST', `${path}${query}`, {
      body: {
        apiVersion: `policy/${Number(gitVersion.split('.')[1]) >= 22 ? 'v1' : 'v1beta1'}`,
        kind: 'Eviction',
        metadata: { name: 'p' },
        ...body,
      },
    })
  const budget = () =>
    as<{ status: { disruptionsAllowed: number; disruptedPods?: object } }>(twin.store.get(budgets, 'default', 'b0') ?? {}).status
  return { ...twin, evict, budget }
}

describe.each(['v1.20.2', 'v1.32.0'])('an eviction on %s', (gitVersion) => {
  it('uses up the budget, begins the deletion and is answered 201', async () => {
    const { evict, budget, store } = await setUp(gitVersion, {})
    expect(await evict()).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success', code: 201 } })
    expect(budget()).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { p: '2026-11-21T10:00:00Z' } })
    expect(store.get('pods', 'default', 'p')?.metadata.deletionTimestamp).toBe('2026-11-21T10:00:30Z')
  })

  it.each([
    {
      what: 'a budget that is used up',
      case: { allowed: 0, healthy: 2 },
      cause: 'The disruption budget b0 needs 2 healthy pods and has 2 currently',
      retryAfter: undefined,
    },
    {
      what: 'a budget that has just changed',
      case: { observed: 0 },
      cause: 'The disruption budget b0 is still being processed by the server.',
      retryAfter: '10',
    },
  ])('is refused 429 by $what', async ({ case: given, cause, retryAfter }) => {
    const { evict, budget, store } = await setUp(gitVersion, given)
    const before = budget()
    const answer = await evict()
    expect(answer).toMatchObject({
      status: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: 'DisruptionBudget', message: cause }] },
      },
    })
    // v1.20 names no time to come again.
    expect(answer.headers['retry-after']).toBe(gitVersion === 'v1.20.2' ? undefined : retryAfter)
    expect(budget()).toEqual(before)
    expect(store.get('pods', 'default', 'p')?.metadata.deletionTimestamp).toBeUndefined()
  })

  it('is refused 500 by two budgets, without a reason', async () => {
    const { evict } = await setUp(gitVersion, { budgets: 2 })
    const { status, body } = await evict()
    expect({ status, reason: body.reason, message: body.message }).toEqual({
      status: 500,
      reason: undefined,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    })
  })

  it.each([
    { what: 'a finished pod', case: { allowed: 0, phase: 'Succeeded' } },
    { what: 'a pending pod', case: { allowed: 0, phase: 'Pending' } },
    { what: 'an unhealthy pod of a healthy budget', case: { allowed: 0, ready: false } },
  ])('of $what asks no budget', async ({ case: given }) => {
    const { evict, budget } = await setUp(gitVersion, given)
    expect((await evict()).status).toBe(201)
    expect(budget().disruptionsAllowed).toBe(0)
    expect(budget().disruptedPods ?? {}).toEqual({})
  })

  it.each([
    { query: '?dryRun=All', body: {} },
    { query: '', body: { deleteOptions: { dryRun: ['All'] } } },
  ])('is only judged on a dry run', async ({ query, body }) => {
    const { evict, budget, store } = await setUp(gitVersion, {})
    const before = store.resourceVersion
    expect((await evict(body, query)).status).toBe(201)
    expect(store.resourceVersion).toBe(before)
    expect(budget().disruptionsAllowed).toBe(1)
  })

  it('of another name than the path is refused', async () => {
    const { evict } = await setUp(gitVersion, {})
    expect(await evict({ metadata: { name: 'q' } })).toMatchObject({
      status: 400,
      body: { message: 'name in URL does not match name in Eviction object' },
    })
  })

  it('spends each disruption once, however many ask at the same time', async () => {
    const twin = await setUp(gitVersion, { allowed: 1 })
    for (const name of ['q', 'r', 's']) {
      await twin.client.create('pods', podNamed(name, 'n'))
      const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
      await twin.client.change('pods', { ...key, name }, (pod) => ({ ...pod, status: running }), 'status')
    }
    const answers = await Promise.all(
      ['p', 'q', 'r', 's'].map((name) =>
        ask(twin.server, 'POST', `/api/v1/namespaces/default/pods/${name}/eviction`, { body: { metadata: { name } } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 429, 429, 429])
  })
})

it('of an unhealthy pod is allowed always where the budget says so, from 1.27', async () => {
  const given = { allowed: 0, ready: false, healthy: 1, policy: 'AlwaysAllow' }
  expect((await (await setUp('v1.32.0', given)).evict()).status).toBe(201)
  expect((await (await setUp('v1.20.2', given)).evict()).status).toBe(429)
})

it('marks the pod from 1.26', async () => {
  const { evict, store } = await setUp('v1.32.0', {})
  await evict()
  const { status } = as<{ status: { conditions: object[] } }>(store.get('pods', 'default', 'p') ?? {})
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
  )
})

it('reads policy/v1beta1 also where the group has it no more', async () => {
  const { evict } = await setUp('v1.32.0', {})
  expect((await evict({ apiVersion: 'policy/v1beta1' })).status).toBe(201)
})

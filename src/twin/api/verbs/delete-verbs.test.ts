import { describe, expect, it } from 'vitest'
import { ask } from '../http/ask.test-support.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'

const pods = '/api/v1/namespaces/default/pods'

describe('a grace below zero', () => {
  async function boundPod(gitVersion: string, spec: object = {}) {
    const { server } = await smallServer({ gitVersion })
    const pod = podNamed('p', 'n')
    await ask(server, 'POST', pods, { body: { ...pod, spec: { ...pod.spec, ...spec } } })
    return server
  }

  it.each([
    { gitVersion: 'v1.21.9', metadata: { deletionGracePeriodSeconds: -5, deletionTimestamp: '2026-11-21T09:59:55Z' }, left: 404 },
    { gitVersion: 'v1.22.0', metadata: { deletionGracePeriodSeconds: 1, deletionTimestamp: '2026-11-21T10:00:01Z' }, left: 200 },
  ])('that is asked for, on $gitVersion', async ({ gitVersion, metadata, left }) => {
    const server = await boundPod(gitVersion)
    expect(await ask(server, 'DELETE', `${pods}/p`, { body: { gracePeriodSeconds: -5 } })).toMatchObject({
      status: 200,
      body: { metadata },
    })
    expect((await ask(server, 'GET', `${pods}/p`)).status).toBe(left)
  })

  it.each([
    { gitVersion: 'v1.21.9', seconds: -3, left: 404 },
    { gitVersion: 'v1.22.0', seconds: 1, left: 200 },
  ])('that the pod asks for, on $gitVersion', async ({ gitVersion, seconds, left }) => {
    const server = await boundPod(gitVersion, { terminationGracePeriodSeconds: -3 })
    const answer = await ask(server, 'DELETE', `${pods}/p`)
    expect(answer.body.metadata.deletionGracePeriodSeconds).toBe(seconds)
    expect((await ask(server, 'GET', `${pods}/p`)).status).toBe(left)
  })

  it('of a pod that nobody runs is none', async () => {
    const { server } = await smallServer({ gitVersion: 'v1.22.0' })
    await ask(server, 'POST', pods, { body: podNamed('p') })
    const answer = await ask(server, 'DELETE', `${pods}/p`, { body: { gracePeriodSeconds: -5 } })
    expect(answer.body.metadata.deletionGracePeriodSeconds).toBe(0)
  })
})

describe('a body that is no DeleteOptions', () => {
  const ofOptions = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'
  const ofAll = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30'

  it.each([
    {
      path: '/p',
      body: { kind: 'Pod', apiVersion: 'v1' },
      message: `no kind "Pod" is registered for version "v1" in scheme "${ofOptions}"`,
    },
    { path: '/p', body: { kind: 'Pod' }, message: `no kind "Pod" is registered for version "meta.k8s.io/v1" in scheme "${ofOptions}"` },
    {
      path: '/p',
      body: { kind: 'CreateOptions', apiVersion: 'v1' },
      message: 'converting (v1.CreateOptions) to (v1.DeleteOptions): unknown conversion',
    },
    { path: '/p', body: { kind: 'DeleteOptions', apiVersion: 'a/b/c' }, message: 'unexpected GroupVersion string: a/b/c' },
    { path: '', body: { kind: 'Pod', apiVersion: 'v1' }, message: 'converting (v1.Pod) to (v1.DeleteOptions): unknown conversion' },
    {
      path: '',
      body: { kind: 'Gadget', apiVersion: 'v1' },
      message: `no kind "Gadget" is registered for version "v1" in scheme "${ofAll}"`,
    },
  ])('is refused and nothing goes: $message', async ({ path, body, message }) => {
    const { server, store } = await smallServer()
    await ask(server, 'POST', pods, { body: podNamed('p') })
    const answer = await ask(server, 'DELETE', `${pods}${path}`, { body })
    expect({ status: answer.status, reason: answer.body.reason, message: answer.body.message }).toEqual({
      status: 500,
      reason: undefined,
      message,
    })
    expect(store.get('pods', 'default', 'p')).toBeDefined()
  })

  it.each([{}, { kind: 'DeleteOptions' }, { kind: 'DeleteOptions', apiVersion: 'apps/v1' }, { apiVersion: 'v1' }])(
    '%j is one, whatever group it says that it is of',
    async (body) => {
      const { server, store } = await smallServer()
      await ask(server, 'POST', pods, { body: podNamed('p') })
      expect((await ask(server, 'DELETE', `${pods}/p`, { body })).status).toBe(200)
      expect(store.get('pods', 'default', 'p')).toBeUndefined()
    },
  )
})

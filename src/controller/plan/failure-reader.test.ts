import { describe, expect, it } from 'vitest'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { forbiddenMessage } from '../../cluster/forbidden-message.ts'
import { podFacts } from '../../core/kubernetes/pod-facts.ts'
import { aPlan } from '../../core/plan/plan-facts.test-support.ts'
import { readFailure } from './failure-reader.ts'

const pods = '/api/v1/namespaces/system-upgrade/pods'
const secrets = '/api/v1/namespaces/system-upgrade/secrets'
const ended = (name: string, exitCode: number) => ({ name, state: { terminated: { exitCode } } })

function pod(name: string, containers: readonly object[], init: readonly object[] = []) {
  return {
    metadata: { name, namespace: 'system-upgrade', labels: { 'job-name': 'apply-p' } },
    spec: { nodeName: 'n1', containers: [{ name: 'upgrade' }], initContainers: [{ name: 'prepare' }] },
    status: { phase: 'Failed', containerStatuses: containers, initContainerStatuses: init },
  }
}

const failedPod = pod('p1', [ended('upgrade', 3)], [ended('prepare', 0)])

function setUp(log: string, spec: Record<string, unknown> = {}) {
  const made = memoryShell()
  made.api.put(`${pods}/p1`, failedPod)
  made.api.texts.set(`${pods}/p1/log`, log)
  const plan = aPlan({ spec })
  return { ...made, read: () => readFailure(made.shell, plan.spec, 'apply-p', [podFacts(failedPod)]) }
}

describe('why a Job failed', () => {
  it('is the end of the log of the container that failed', async () => {
    const { api, read } = setUp('one\n\ntwo\n')
    expect(await read()).toEqual({ log: 'one\ntwo' })
    expect(api.requests.at(-1)?.request.query).toEqual({ container: 'upgrade', tailLines: 20, limitBytes: 16_384 })
  })

  it('is the log of the init container where that one failed', async () => {
    const { api, shell } = setUp('not yet')
    const known = [podFacts(pod('p1', [], [ended('prepare', 1)]))]
    expect(await readFailure(shell, aPlan().spec, 'apply-p', known)).toEqual({ log: 'not yet' })
    expect(api.requests.at(-1)?.request.query).toMatchObject({ container: 'prepare' })
  })

  it('is cut to twenty lines, whatever the server sends', async () => {
    const { read } = setUp(Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n'))
    const lines = (await read()).log.split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([20, 'line 80', 'line 99'])
  })

  it('is looked for on the server where pods are not watched', async () => {
    const { api, shell } = setUp('from the list')
    expect(await readFailure(shell, aPlan().spec, 'apply-p', undefined)).toEqual({ log: 'from the list' })
    expect(api.requests[0]?.request.query).toMatchObject({ labelSelector: 'job-name=apply-p' })
  })

  it('is empty when no container failed, e.g. when the deadline ended the Job', async () => {
    const { shell } = setUp('')
    expect(await readFailure(shell, aPlan().spec, 'apply-p', [podFacts(pod('p1', []))])).toEqual({ log: '' })
  })

  it.each([
    { where: 'a mounted Secret', spec: { secrets: [{ name: 's', path: '/s' }] } },
    { where: 'a variable', spec: { upgrade: { image: 'i', envs: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] } } },
    { where: 'an environment', spec: { upgrade: { image: 'i', envFrom: [{ secretRef: { name: 's' } }] } } },
    { where: 'the environment of prepare', spec: { prepare: { image: 'i', envFrom: [{ secretRef: { name: 's' } }] } } },
  ])('does not show what stands in $where', async ({ spec }) => {
    const { api, read } = setUp('login as admin with hunter22\n', spec)
    const data = { k: Buffer.from('hunter22\n').toString('base64') }
    api.put(`${secrets}/s`, { metadata: { name: 's', namespace: 'system-upgrade' }, data })
    expect(await read()).toEqual({ log: 'login as admin with ***' })
  })

  it('does not show half a secret where the log is cut off', async () => {
    const { api, read } = setUp(`${'x'.repeat(16_000)}\n${'y'.repeat(16_384 - 16_001 - 4)}hunter22 and more`, {
      secrets: [{ name: 's', path: '/s' }],
    })
    const data = { k: Buffer.from('hunter22').toString('base64') }
    api.put(`${secrets}/s`, { metadata: { name: 's', namespace: 'system-upgrade' }, data })
    expect(await read()).toEqual({ log: 'x'.repeat(16_000) })
  })

  it('a Secret that is missing had nothing to tell', async () => {
    const { read } = setUp('plain', { secrets: [{ name: 's', path: '/s' }] })
    expect(await read()).toEqual({ log: 'plain' })
  })

  it.each([
    { what: 'logs', verb: 'get', resource: 'pods/log', refused: /\/log$/, secret: '' },
    { what: 'the Secrets by which it would be masked', verb: 'get', resource: 'secrets', refused: /secrets/, secret: 'hunter22' },
  ])('says which right is missing to read $what, and shows nothing of the log', async ({ verb, resource, refused }) => {
    const { api, read } = setUp('login with hunter22', { secrets: [{ name: 's', path: '/s' }] })
    const refusal = `User "system:serviceaccount:system-upgrade:x" cannot ${verb} resource "${resource}" in API group "" in the namespace "system-upgrade"`
    api.refuse = (line) => (refused.test(line) ? new ApiError({ status: 403, message: forbiddenMessage(refusal) ?? '' }) : undefined)
    const { log } = await read()
    expect(log).toContain('(its log cannot be read: ')
    expect(log).toContain(`add the rule {apiGroups: [""], resources: ["${resource}"], verbs: ["${verb}"]}`)
    expect(log).not.toContain('hunter22')
  })
})

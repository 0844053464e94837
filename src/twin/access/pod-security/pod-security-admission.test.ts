import { describe, expect, it } from 'vitest'
import { accessServer, type Json } from '../access-server.test-support.ts'
import { podSecurityAdmission } from './pod-security-admission.ts'

const label = (mode: string) => `pod-security.kubernetes.io/${mode}`
const spec = { containers: [{ name: 'a', image: 'x', securityContext: { privileged: true } }] }
const fault = 'privileged (container "a" must not set securityContext.privileged=true)'

/** A server with the namespace `ns`, whose labels are told by mode, and what is answered: the code, the message, the warnings. */
async function withLabels(labels: Readonly<Record<string, string>>, version = 'v1.33.0') {
  const server = await accessServer(version, { admissionOf: ({ store, catalog }) => [podSecurityAdmission(store, () => catalog().minor)] })
  const named = Object.fromEntries(Object.entries(labels).map(([mode, value]) => [label(mode), value]))
  const send = async (method: string, path: string, body: object) => {
    const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}
    const { status, body: answer, headers: back } = await server.send(method, path, { body, headers })
    return { status, message: (answer as Json).message as string | undefined, warnings: warningsOf(back) }
  }
  const created = await send('POST', '/api/v1/namespaces', { metadata: { name: 'ns', labels: named } })
  const pod = (name = 'p') => send('POST', '/api/v1/namespaces/ns/pods', { metadata: { name }, spec })
  const template = { metadata: { labels: { a: 'b' } }, spec }
  const deployment = () =>
    send('POST', '/apis/apps/v1/namespaces/ns/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    })
  return { send, created, pod, deployment }
}

function warningsOf(headers: Readonly<Record<string, unknown>>): readonly string[] {
  const lines = [headers.warning ?? headers.Warning ?? []].flat().join(', ')
  return [...lines.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replaceAll('\\"', '"'))
}

describe('a namespace that enforces a level', () => {
  it.each<[Readonly<Record<string, string>>, string]>([
    [{ enforce: 'baseline' }, 'baseline:latest'],
    [{ enforce: 'restricted', 'enforce-version': 'v1.7' }, 'restricted:v1.7'],
  ])('%j refuses pods in the words of the API server', async (labels, policy) => {
    const { pod } = await withLabels(labels)
    const { status, message, warnings } = await pod()
    expect({ status, warnings }).toEqual({ status: 403, warnings: [] })
    expect(message).toContain(`pods "p" is forbidden: violates PodSecurity "${policy}": ${fault}`)
  })

  it.each([
    { version: 'v1.22.0', status: 201 },
    { version: 'v1.23.0', status: 403 },
  ])('in $version answers $status', async ({ version, status }) => {
    const { pod } = await withLabels({ enforce: 'baseline' }, version)
    expect((await pod()).status).toBe(status)
  })

  it('takes templates of such pods, with a warning', async () => {
    const { deployment } = await withLabels({ enforce: 'baseline' })
    expect(await deployment()).toMatchObject({ status: 201, warnings: [`would violate PodSecurity "baseline:latest": ${fault}`] })
  })

  it('does not warn where the label says so', async () => {
    const { deployment } = await withLabels({ enforce: 'baseline', warn: 'privileged' })
    expect((await deployment()).warnings).toEqual([])
  })
})

describe('a namespace that warns of a level', () => {
  it('takes pods, with a warning', async () => {
    const { pod } = await withLabels({ warn: 'baseline', 'warn-version': 'v1.30' })
    expect(await pod()).toMatchObject({ status: 201, warnings: [`would violate PodSecurity "baseline:v1.30": ${fault}`] })
  })
})

describe('the labels themselves', () => {
  it.each([
    { labels: { enforce: 'strict' }, field: 'enforce', why: '"strict": must be one of privileged, baseline, restricted' },
    { labels: { 'warn-version': '1.30' }, field: 'warn-version', why: '"1.30": must be "latest" or "v1.x"' },
  ])('$labels are refused', async ({ labels, field, why }) => {
    const { created } = await withLabels(labels)
    expect(created).toMatchObject({
      status: 422,
      message: `Namespace "ns" is invalid: metadata.labels[${label(field)}]: Invalid value: ${why}`,
    })
  })

  it('warn of pods that are there when they become stricter', async () => {
    const { pod, send } = await withLabels({})
    for (const name of ['c', 'a', 'b']) await pod(name)
    const to = (level: string) => send('PATCH', '/api/v1/namespaces/ns', { metadata: { labels: { [label('enforce')]: level } } })
    expect((await to('baseline')).warnings).toEqual([
      'existing pods in namespace "ns" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 2 other pods): privileged',
    ])
    expect((await to('privileged')).warnings).toEqual([])
  })
})

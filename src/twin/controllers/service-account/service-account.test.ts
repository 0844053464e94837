import type { Secret, ServiceAccount } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as, type KubeObject } from '../../kube-object.ts'
import { type SmallCluster, smallCluster } from '../small-cluster.test-support.ts'
import { RootCaPublisher } from './root-ca-publisher.ts'
import { ServiceAccountController } from './service-account-controller.ts'
import { TokenController } from './token-controller.ts'

let cluster: SmallCluster
afterEach(() => cluster.stop())

async function start(minor = 30) {
  cluster = await smallCluster(minor)
  const tokens = {
    minor,
    rootCertificate: 'PEM',
    tokenFor: ({ namespace, serviceAccount }: Record<string, string>) => `${namespace}/${serviceAccount}`,
  }
  cluster.run(
    new ServiceAccountController(cluster.client),
    new RootCaPublisher(cluster.client, { minor, rootCertificate: 'PEM' }),
    new TokenController(cluster.client, tokens as never),
  )
  await cluster.clock.advance(1_000)
}

const account = () => as<ServiceAccount>(cluster.store.get('serviceaccounts', 'default', 'default') as KubeObject)
const secrets = () => cluster.store.list('secrets', 'default').map((secret) => as<Secret>(secret))

it('each namespace has its default account and its CA, also when somebody deletes or changes them', async () => {
  await start()
  expect(cluster.store.count('serviceaccounts')).toBe(3)
  await cluster.client.delete('serviceaccounts', { namespace: 'default', name: 'default' })
  await cluster.client.change('configmaps', { namespace: 'default', name: 'kube-root-ca.crt' }, (map) => ({ ...map, data: {} }))
  await cluster.clock.advance(1_000)
  expect(cluster.store.count('serviceaccounts')).toBe(3)
  expect(cluster.store.get('configmaps', 'default', 'kube-root-ca.crt')).toMatchObject({ data: { 'ca.crt': 'PEM' } })
})

it('a namespace that ends gets nothing any more', async () => {
  await start()
  const namespace = { metadata: { name: 'team' }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
  await cluster.client.create('namespaces', namespace)
  await cluster.client.delete('namespaces', { name: 'team' })
  await cluster.clock.advance(1_000)
  expect(cluster.store.list('serviceaccounts', 'team')).toEqual([])
  expect(cluster.failures).toEqual([])
})

describe('Secrets with tokens', () => {
  it('before 1.24 every account has one and names it', async () => {
    await start(23)
    expect(secrets()).toHaveLength(1)
    expect(account().secrets).toEqual([{ name: secrets()[0]?.metadata?.name }])
    expect(secrets()[0]?.data).toEqual({ 'ca.crt': btoa('PEM'), namespace: btoa('default'), token: btoa('default/default') })
  })

  it('from 1.24 on only where somebody asks for it', async () => {
    await start(24)
    expect(secrets()).toEqual([])
    const annotations = { 'kubernetes.io/service-account.name': 'default' }
    const draft = { metadata: { name: 'mine', namespace: 'default', annotations }, type: 'kubernetes.io/service-account-token' }
    await cluster.client.create('secrets', draft)
    await cluster.clock.advance(1_000)
    expect(secrets()[0]?.data?.token).toBe(btoa('default/default'))
    expect(secrets()[0]?.metadata?.annotations?.['kubernetes.io/service-account.uid']).toBe(account().metadata?.uid)
  })

  it('go with their account', async () => {
    await start(23)
    const [first] = secrets()
    await cluster.client.delete('serviceaccounts', { namespace: 'default', name: 'default' })
    await cluster.clock.advance(1_000)
    expect(secrets().map(({ metadata }) => metadata?.name)).not.toContain(first?.metadata?.name)
    expect(secrets()).toHaveLength(1)
  })
})

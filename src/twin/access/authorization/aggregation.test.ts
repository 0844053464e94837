import { describe, expect, it } from 'vitest'
import { ControlLoop } from '../../control-loop/control-loop.ts'
import { accessServer, binding, bob, bobToken, clusterRole } from '../access-server.test-support.ts'

describe('an aggregated ClusterRole', () => {
  it('gains and loses rights with the roles that are parts of it', async () => {
    const { access, client, store, clock, send } = await accessServer()
    const loops = access.controllers(client).map((controller) => new ControlLoop(controller, { store, clock }))
    for (const loop of loops) loop.start()
    await client.create('rolebindings.rbac.authorization.k8s.io', binding('b', 'view', bob, 'default'))
    const secrets = async () => (await send('GET', '/api/v1/namespaces/default/secrets', { token: bobToken })).status
    expect(await secrets()).toBe(403)
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }]
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }
    await client.create('clusterroles.rbac.authorization.k8s.io', clusterRole('more', rules, { metadata: { name: 'more', labels } }))
    await clock.advance(1_000)
    expect(await secrets()).toBe(200)
    await client.delete('clusterroles.rbac.authorization.k8s.io', { name: 'more' })
    await clock.advance(1_000)
    expect(await secrets()).toBe(403)
    for (const loop of loops) loop.stop()
  })

  it('is complete from the beginning: admin holds what edit and view hold', async () => {
    const { store, send, client } = await accessServer()
    const count = (name: string) => {
      const role = store.get('clusterroles.rbac.authorization.k8s.io', undefined, name)
      return ((role?.rules ?? []) as readonly unknown[]).length
    }
    // As many as a real API server 1.20 has.
    expect(['view', 'edit', 'admin'].map(count)).toEqual([9, 19, 21])
    await client.create('rolebindings.rbac.authorization.k8s.io', binding('b', 'admin', bob, 'default'))
    expect(await send('GET', '/api/v1/namespaces/default/pods', { token: bobToken })).toMatchObject({ status: 200 })
    const made = clusterRole('reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])
    const role = { ...made, kind: 'Role', metadata: { name: 'reader', namespace: 'default' } }
    const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
    expect(await send('POST', path, { token: bobToken, body: role })).toMatchObject({ status: 201 })
  })
})

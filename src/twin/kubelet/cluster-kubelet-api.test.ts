import type { Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { MemoryApi } from '../../../test/loopback/memory-api.ts'
import { createApiClient } from '../../cluster/api-client.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { silentLog } from '../../cluster/log.ts'
import type { ServerCapabilities } from '../../cluster/server-capabilities.ts'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { newMachine } from '../machine/new-machine.ts'
import { ClusterKubeletApi } from './cluster-kubelet-api.ts'
import { type FleetOptions, KubeletFleet } from './kubelet-fleet.ts'
import { seeded, startMs } from './kubelet-world.test-support.ts'

const capabilities = { gitVersion: 'v1.20.2', major: 1, minor: 20, watchBookmarks: true } as ServerCapabilities
const podPath = '/api/v1/namespaces/default/pods'

async function joined(options: Partial<FleetOptions> = {}) {
  const server = new MemoryApi()
  const clock = new VirtualClock({ startMs })
  const client = createApiClient(server, capabilities, { clock })
  const random = seeded()
  const api = new ClusterKubeletApi(client, { random, log: silentLog, isOurs: (node) => node === 'a' })
  const fleet = new KubeletFleet({ ...options, api, clock, random })
  const put = (name: string, nodeName: string, rest: object = {}) =>
    server.put(`${podPath}/${name}`, {
      metadata: { name, namespace: 'default', ...rest },
      spec: { nodeName, containers: [{ name: 'app', image: 'x:1' }] },
    })
  // a collection of all namespaces is told apart by its path here
  server.put('/api/v1/pods/bound', {
    metadata: { name: 'bound', namespace: 'default' },
    spec: { nodeName: 'a', containers: [{ name: 'app', image: 'x:1' }] },
  })
  server.put('/api/v1/pods/foreign', { metadata: { name: 'foreign', namespace: 'default' }, spec: { nodeName: 'b', containers: [] } })
  put('bound', 'a')
  put('foreign', 'b')
  await fleet.addNode(newMachine({ name: 'a', version: 'v1.20.2', bootId: 'b' }))
  await fleet.start()
  return { server, fleet, clock }
}

describe('kubelets of a real API server', () => {
  it('register their node with its status and a Lease', async () => {
    const { server, fleet } = await joined()
    expect(server.lines(/^POST/)).toEqual(
      expect.arrayContaining(['POST /api/v1/nodes', 'POST /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases']),
    )
    expect(server.objects.get('/api/v1/nodes/a')).toMatchObject({ status: { nodeInfo: { kubeletVersion: 'v1.20.2' } } })
    fleet.stop()
  })

  it('run the pods of their nodes alone, and write their status as strategic patches that name the UID', async () => {
    const { server, fleet, clock } = await joined()
    await clock.advance(20_000)
    fleet.stop()
    expect(new Set(server.lines(/^PATCH .*pods/))).toEqual(new Set([`PATCH ${podPath}/bound/status`]))
    const last = server.requests.findLast(({ line }) => line.startsWith(`PATCH ${podPath}`))?.request
    expect(last?.contentType).toBe('application/strategic-merge-patch+json')
    expect(last?.body).toMatchObject({
      metadata: { uid: expect.any(String) },
      status: { phase: 'Running', podIPs: [{ $patch: 'replace' }, { ip: '10.0.0.1' }] } satisfies Partial<
        Record<keyof NonNullable<Pod['status']>, unknown>
      >,
    })
  })

  it('take away where a pod was meant to go, as a status that is theirs alone does not say it', async () => {
    const { server, fleet, clock } = await joined()
    await clock.advance(20_000)
    fleet.stop()
    const written = server.requests.filter(({ line }) => line.startsWith(`PATCH ${podPath}`)).map(({ request }) => request.body)
    expect(written.length).toBeGreaterThan(0)
    for (const body of written) expect(body).toMatchObject({ status: { nominatedNodeName: null } })
  })

  it('say of their node only what has changed since they said it last', async () => {
    const { server, fleet, clock } = await joined()
    // with the image of its first pod, and later with nothing that is new
    for (let write = 0; write < 3; write++) {
      await clock.advance(20_000)
      await fleet.writeStatus('a')
    }
    const statuses = server.requests.filter(({ line }) => line === 'PATCH /api/v1/nodes/a/status').map(({ request }) => request.body)
    const fields = statuses.map((body) => Object.keys((body as { status: object }).status))
    expect(fields.at(0)).toContain('images')
    expect(fields.slice(1)).toEqual([['conditions'], ['conditions']])
    fleet.stop()
  })

  it('try again after the time that they are told when the server does not take what they say', async () => {
    const { server, fleet, clock } = await joined({ retrySeconds: 0.25 })
    const written = () => server.objects.get(`${podPath}/bound`) as Pod | undefined
    server.refuse = (line) =>
      line.includes('/status') ? new ApiError({ status: 500, reason: 'InternalError', message: 'away' }) : undefined
    await clock.advance(10_000)
    void fleet.writeStatus('a')
    await clock.advance(100)
    expect(written()?.status).toBeUndefined()
    server.refuse = () => undefined
    await clock.advance(500)
    expect(written()?.status?.phase).toBe('Running')
    expect(server.objects.get('/api/v1/nodes/a')).toMatchObject({ status: { images: [{ names: ['x:1'] }] } })
    fleet.stop()
  })

  it('renew the Lease with a patch each', async () => {
    const { server, fleet, clock } = await joined()
    await clock.advance(60_000)
    fleet.stop()
    expect(server.lines(/^PATCH .*leases/)).toHaveLength(6)
  })

  it('beat before the fleet is started, but never for a node that somebody else has registered', async () => {
    const server = new MemoryApi()
    const clock = new VirtualClock({ startMs })
    const client = createApiClient(server, capabilities, { clock })
    const random = seeded()
    const api = new ClusterKubeletApi(client, { random, log: silentLog, isOurs: () => true, existingNodes: 'Refuse' })
    const fleet = new KubeletFleet({ api, clock, random })
    fleet.startHeartbeats()
    await fleet.addNode(newMachine({ name: 'a', version: 'v1.20.2', bootId: 'a' }))
    server.refuse = (line) =>
      line === 'POST /api/v1/nodes' ? new ApiError({ status: 409, reason: 'AlreadyExists', message: 'is there' }) : undefined
    await expect(fleet.addNode(newMachine({ name: 'b', version: 'v1.20.2', bootId: 'b' }))).rejects.toMatchObject({
      reason: 'AlreadyExists',
    })
    await clock.advance(400_000)
    fleet.stop()
    expect(server.lines(/^PATCH .*leases\/a/)).toHaveLength(40)
    expect(server.lines(/\/b(\/|$)/)).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { type Answer, sendJson, startServer, statusBody } from '../../test/loopback/http-server.ts'
import { discoverServer } from './server-capabilities.ts'

interface Server {
  readonly gitVersion: string
  readonly major?: string
  readonly minor?: string
  /** `group: versions`. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
  /** Version of `pods/eviction` in /api/v1. */
  readonly eviction?: string
}

const old = { 'apiextensions.k8s.io': ['v1beta1'], policy: ['v1beta1'], 'coordination.k8s.io': ['v1', 'v1beta1'] }
const middle = { ...old, 'apiextensions.k8s.io': ['v1', 'v1beta1'] }
const late = { ...middle, policy: ['v1', 'v1beta1'] }
const current = { 'apiextensions.k8s.io': ['v1'], policy: ['v1'], 'coordination.k8s.io': ['v1'] }

/** Answers the three documents of discovery as an API server does. */
function discovery({ gitVersion, major = '1', minor = '', groups = {}, eviction }: Server): Answer {
  return ({ url }, response) => {
    if (url === '/version') return sendJson(response, { major, minor, gitVersion, platform: 'linux/amd64' })
    if (url === '/apis') {
      const list = Object.entries(groups).map(([name, versions]) => {
        const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
        return { name, versions: entries, preferredVersion: entries[0] }
      })
      return sendJson(response, { kind: 'APIGroupList', apiVersion: 'v1', groups: list })
    }
    const pods = { name: 'pods', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] }
    const subresource = {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: eviction,
      kind: 'Eviction',
      verbs: ['create'],
    }
    return sendJson(response, {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: eviction === undefined ? [pods] : [pods, subresource],
    })
  }
}

async function discover(answer: Answer) {
  const server = await startServer(answer)
  return { server, capabilities: discoverServer(openTransport(accessTo(server.url))) }
}

const since = (minor: number, first: number) => minor >= first

it.each([
  { gitVersion: 'v1.14.10', minor: 14, groups: old, eviction: 'v1beta1' },
  { gitVersion: 'v1.15.12-gke.20', minor: 15, groups: old, eviction: 'v1beta1' },
  { gitVersion: 'v1.16.0', minor: 16, groups: middle, eviction: 'v1beta1' },
  { gitVersion: 'v1.17.17', minor: 17, groups: middle, eviction: 'v1beta1' },
  { gitVersion: 'v1.18.0', minor: 18, groups: middle, eviction: 'v1beta1' },
  { gitVersion: 'v1.20.2+k3s1', minor: 20, groups: middle, eviction: 'v1beta1' },
  { gitVersion: 'v1.21.0', minor: 21, groups: late, eviction: 'v1beta1' },
  { gitVersion: 'v1.22.17', minor: 22, groups: { ...late, 'apiextensions.k8s.io': ['v1'] }, eviction: 'v1' },
  { gitVersion: 'v1.23.0', minor: 23, groups: late, eviction: 'v1' },
  { gitVersion: 'v1.24.17-eks-4f4795d', minor: 24, groups: late, eviction: 'v1' },
  { gitVersion: 'v1.25.0', minor: 25, groups: current, eviction: 'v1' },
  { gitVersion: 'v1.29.1+rke2r1', minor: 29, groups: current, eviction: 'v1' },
  { gitVersion: 'v1.37.0-rc.1', minor: 37, groups: current, eviction: 'v1' },
  { gitVersion: 'v1.45.0', minor: 45, groups: current, eviction: 'v1' },
])('$gitVersion is asked for what it has', async ({ gitVersion, minor, groups, eviction }) => {
  const { capabilities, server } = await discover(discovery({ gitVersion, groups, eviction }))
  const expected = {
    gitVersion,
    major: 1,
    minor,
    crdVersion: since(minor, 16) ? 'v1' : 'v1beta1',
    serverSideApply: since(minor, 18),
    watchBookmarks: since(minor, 16),
    policyVersion: since(minor, 21) ? 'v1' : 'v1beta1',
    evictionVersion: since(minor, 22) ? 'v1' : 'v1beta1',
    leaseVersion: 'v1',
    ttlAfterFinished: since(minor, 21),
    jobReadyCount: since(minor, 24),
  }
  expect(await capabilities).toEqual(expected)
  expect(server.seen.map(({ url }) => url).sort()).toEqual(['/api/v1', '/apis', '/version'])
  // Discovery may be taken away from ordinary users: the version alone must come to the same.
  const forbidden = await discover((request, response) =>
    request.url === '/version' ? sendJson(response, { gitVersion }) : sendJson(response, statusBody(403, 'Forbidden', 'no'), 403),
  )
  expect(await forbidden.capabilities).toEqual(expected)
})

it.each([
  {
    what: 'a served version counts, not the number',
    groups: { policy: ['v1beta1'] },
    eviction: 'v1beta1',
    is: { policyVersion: 'v1beta1', evictionVersion: 'v1beta1' },
  },
  {
    what: 'an eviction that is not listed goes by the number',
    groups: {},
    eviction: undefined,
    is: { policyVersion: 'v1', evictionVersion: 'v1' },
  },
  {
    what: 'unknown versions go by the number',
    groups: { policy: ['v3'] },
    eviction: 'v9',
    is: { policyVersion: 'v1', evictionVersion: 'v1' },
  },
])('$what', async ({ groups, eviction, is }) => {
  const { capabilities } = await discover(discovery({ gitVersion: 'v1.30.0', groups, ...(eviction === undefined ? {} : { eviction }) }))
  expect(await capabilities).toMatchObject(is)
})

it.each([[{ groups: 'none' }], [{ groups: [7] }], [[]], ['text'], [null]])(
  'a discovery document like %j is passed over',
  async (document) => {
    const { capabilities } = await discover(({ url }, response) =>
      sendJson(response, url === '/version' ? { gitVersion: 'v1.20.2' } : document),
    )
    expect(await capabilities).toMatchObject({ crdVersion: 'v1', policyVersion: 'v1beta1' })
  },
)

describe('the version', () => {
  it.each([
    { gitVersion: 'v0.0.0-master+$Format:%H$', major: '1', minor: '24+', minorIs: 24 },
    { gitVersion: '', major: '1', minor: '20', minorIs: 20 },
    { gitVersion: 'v1.24.3', major: '1', minor: '99', minorIs: 24 },
    { gitVersion: '1.27.4', major: '', minor: '', minorIs: 27 },
  ])('$gitVersion with minor "$minor" is 1.$minorIs', async ({ minorIs, ...server }) => {
    expect(await (await discover(discovery(server))).capabilities).toMatchObject({ major: 1, minor: minorIs })
  })

  it.each(['v1.13.12', 'v1.8.0', 'v1.2.3-beta.4'])('%s is FK_SERVER_TOO_OLD, and is asked nothing more', async (gitVersion) => {
    const { capabilities, server } = await discover(discovery({ gitVersion }))
    await expect(capabilities).rejects.toMatchObject({
      code: 'FK_SERVER_TOO_OLD',
      message: expect.stringContaining(`runs ${gitVersion} and Falkirk needs v1.14`),
    })
    expect(server.seen).toHaveLength(1)
  })

  it.each([[{}], [{ gitVersion: 'nonsense' }], [{ gitVersion: 7, major: 'x', minor: 'y' }], [[]], [null]])(
    'an answer like %j is no API server',
    async (answer) => {
      const { capabilities } = await discover((_, response) => sendJson(response, answer))
      await expect(capabilities).rejects.toMatchObject({
        code: 'FK_API_REFUSED',
        message: expect.stringContaining('names no Kubernetes version'),
      })
    },
  )

  it('a server that fails is not taken for an old one', async () => {
    const { capabilities } = await discover((request, response) =>
      request.url === '/version'
        ? sendJson(response, { gitVersion: 'v1.30.0' })
        : sendJson(response, statusBody(500, 'InternalError', 'no'), 500),
    )
    await expect(capabilities).rejects.toMatchObject({ status: 500 })
  })
})

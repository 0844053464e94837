import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChannelReply, type ChannelServer, redirectTo, startChannelServer } from './channel-server.ts'
import { type Rollout, startRollout } from './rollout.ts'
import { type PlanStage, setStage } from './stage.ts'

let folder: string
let channel: ChannelServer
/** It goes away and comes back. */
let unsteady: ChannelServer
let stage: PlanStage

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-channel-'))
  channel = await startChannelServer('steady')
  unsteady = await startChannelServer('unsteady')
  const SSL_CERT_FILE = join(folder, 'authorities.pem')
  writeFileSync(SSL_CERT_FILE, `${channel.authority}\n${unsteady.authority}\n`)
  // the shortest interval there may be
  const env = { SSL_CERT_FILE, SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL: '61s' }
  stage = await setStage({ name: 'plan-channel', heartbeatsPerSecond: 40, env })
})

afterAll(async () => {
  await stage?.down()
  await Promise.all([channel?.close(), unsteady?.close()])
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** A Plan that has followed a channel to v1.20.3+k3s1, with its node done. */
async function followed(name: string, server = channel): Promise<Rollout> {
  server.reply(`/${name}/stable`, redirectTo('/releases/tag/v1.20.3+k3s1'))
  const rollout = await startRollout(stage, { name, spec: { cordon: true, channel: server.url(`/${name}/stable`) } })
  await rollout.untilComplete()
  await rollout.untilNothingLeft()
  return rollout
}

/** Nothing but the conditions has changed since the Plan was complete. */
function untouchedSince(rollout: Rollout): void {
  expect(rollout.runs()).toHaveLength(1)
  expect(rollout.jobCount()).toBe(1)
  expect(rollout.leftOvers()).toEqual([])
  expect(rollout.version()).toBe('v1.20.3-k3s1')
  expect(rollout.node()?.kubeletVersion).toBe('v1.20.3+k3s1')
}

function header(rawHeaders: readonly string[], name: string): string | undefined {
  const at = rawHeaders.indexOf(name)
  return at < 0 ? undefined : rawHeaders[at + 1]
}

describe.concurrent('a channel', () => {
  it('is asked by a timer, whatever happens to nodes, and nodes follow it to a new version', async () => {
    const path = '/timer/stable'
    channel.reply(path, redirectTo('/releases/tag/v1.20.3+k3s1'))
    const rollout = await startRollout(stage, { name: 'timer', nodes: 2, spec: { cordon: true, channel: channel.url(path) } })
    await rollout.untilComplete()
    expect(channel.requests(path)).toHaveLength(1)
    expect(rollout.condition('LatestResolved')).toBe('True/Channel')
    expect((await rollout.event('Resolved')).message).toBe('Resolved latest version from Spec.Channel: v1.20.3-k3s1')
    const { uid } = (await stage.plane.api.get<{ metadata: { uid: string } }>('/api/v1/namespaces/kube-system')).metadata
    const [first] = channel.requests(path)
    expect(header(first?.rawHeaders ?? [], 'X-SUC-Cluster-ID')).toBe(uid)
    expect(header(first?.rawHeaders ?? [], 'X-SUC-Latest-Version')).toBeUndefined()

    channel.reply(path, redirectTo('/releases/tag/v1.20.4+k3s1'))
    await rollout.until('LatestResolved', /^True\/Channel$/)
    await stage.observer.until('the new version is known', () => rollout.version() === 'v1.20.4-k3s1', 120_000)
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.nodes.map((node) => rollout.node(node)?.kubeletVersion)).toEqual(['v1.20.4+k3s1', 'v1.20.4+k3s1'])
    const [, second, ...more] = channel.requests(path)
    expect(more).toEqual([])
    expect(header(second?.rawHeaders ?? [], 'X-SUC-Cluster-ID')).toBe(uid)
    expect(header(second?.rawHeaders ?? [], 'X-SUC-Latest-Version')).toBe('v1.20.3-k3s1')
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(59_000)
  })

  it('is asked at once when the Plan names another', async () => {
    const rollout = await followed('changed')
    channel.reply('/changed/latest', redirectTo('/v1.20.4+k3s1'))
    await rollout.edit({ spec: { channel: channel.url('/changed/latest') } })
    await stage.observer.until('the other channel is followed', () => rollout.version() === 'v1.20.4-k3s1')
    await rollout.untilComplete()
    expect(rollout.node()?.kubeletVersion).toBe('v1.20.4+k3s1')
    expect(channel.requests('/changed/stable')).toHaveLength(1)
    expect(channel.requests('/changed/latest')).toHaveLength(1)
  })

  it.each([
    { name: 'point-23', location: '/local/test', version: 'test' },
    { name: 'points-24-25', location: '/local/test/v1.2.3+test', version: 'v1.2.3-test' },
    { name: 'point-26', location: '/local', version: 'local' },
  ])('$name: a redirect to $location means version $version', async ({ name, location, version }) => {
    channel.reply(`/${name}`, redirectTo(location))
    const rollout = await startRollout(stage, { name, nodes: 0, spec: { channel: channel.url(`/${name}`) } })
    await rollout.until('LatestResolved', /^True\/Channel$/)
    expect(rollout.version()).toBe(version)
    expect(rollout.hash()).toMatch(/^[0-9a-f]{56}$/)
  })
})

interface BadAnswer {
  readonly name: string
  readonly reply: ChannelReply
  readonly said: RegExp
}

const badAnswers: readonly BadAnswer[] = [
  {
    name: 'captive-portal',
    reply: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<form>'),
    said: /answered a page instead of a redirect to a version; check that spec\.channel names a channel and that no login page answers/,
  },
  { name: 'no-location', reply: redirectTo(undefined), said: /no Location header in response; check spec\.channel/ },
  {
    name: 'no-version',
    reply: redirectTo('/login?next=stable'),
    said: /answered login, which is no version of Kubernetes; check spec\.channel/,
  },
  { name: 'no-label', reply: redirectTo('/v1.20.4%20and%20more'), said: /whose last part is no version: it must fit into a label value/ },
  {
    name: 'backwards',
    reply: redirectTo('/v1.20.1+k3s1'),
    said: /answered v1\.20\.1\+k3s1, lower than v1\.20\.3\S+ in use; check spec\.channel/,
  },
  { name: 'not-found', reply: redirectTo(undefined, 404), said: /unexpected response: HTTP\/1\.1 404 Not Found; check spec\.channel/ },
  {
    name: 'moved',
    reply: redirectTo('https://elsewhere.example/stable', 301),
    said: /has moved \(status 301\) to https:\/\/elsewhere\.example\/stable/,
  },
  {
    name: 'garbage',
    reply: (response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2p1\r\n'),
    said: /cannot be asked: .*(Parse|Expected|HTTP)/,
  },
  { name: 'reset', reply: (response) => void response.socket?.destroy(), said: /cannot be asked: \S+/ },
  { name: 'slow', reply: () => undefined, said: /cannot be asked: no answer within 15 s/ },
]

describe.concurrent('a channel that cannot be used', () => {
  it.each(badAnswers)('$name: is said, and a Plan that has a version stays with it', async ({ name, reply, said }) => {
    const rollout = await followed(name)
    const path = `/${name}/bad`
    channel.reply(path, reply)
    await rollout.edit({ spec: { channel: channel.url(path) } })

    const resolved = await rollout.until('LatestResolved', said)
    expect(resolved).toMatch(/^True\/Channel: .*; stays with v1\.20\.3-k3s1$/)
    const event = await rollout.event('ResolveFailed', said)
    expect(event).toMatchObject({
      type: 'Warning',
      message: expect.stringMatching(/^Failed to resolve latest version from Spec\.Channel: /),
    })
    expect(rollout.condition()).toBe('True/Complete')
    untouchedSince(rollout)
  })

  it.each([
    { name: 'point-27', reply: redirectTo(undefined, 404), said: 'unexpected response: HTTP/1.1 404 Not Found' },
    { name: 'point-28', reply: redirectTo(undefined, 503), said: 'unexpected response: HTTP/1.1 503 Service Unavailable' },
    {
      name: 'new-portal',
      reply: (response: Parameters<ChannelReply>[0]) => void response.end('<form>'),
      said: 'answered a page instead of',
    },
  ])('$name: a new Plan stays unresolved and touches no node', async ({ name, reply, said }) => {
    channel.reply(`/${name}`, reply)
    const rollout = await startRollout(stage, { name, spec: { cordon: true, channel: channel.url(`/${name}`) } })
    expect(await rollout.until('LatestResolved', /^False\/Error: /)).toContain(said)
    expect(rollout.condition()).toBe('False/NotReady: plan is not valid and resolved')
    expect(rollout.everTouched()).toEqual([])
    expect([rollout.version(), rollout.hash()]).toEqual(['', ''])
  })

  it('is asked again after a pause, and followed when it answers', async () => {
    const path = '/comes-later'
    channel.reply(path, redirectTo(undefined, 500))
    const rollout = await startRollout(stage, { name: 'comes-later', spec: { channel: channel.url(path) } })
    await rollout.until('LatestResolved', /^False\/Error: .*500/)
    channel.reply(path, redirectTo('/v1.20.3+k3s1'))
    await rollout.until('LatestResolved', /^True\/Channel$/)
    await rollout.untilComplete()
    // where the machine is busy the first failure may be seen after the second
    const asked = channel.requests(path).map(({ atMs }) => atMs)
    const pauses = asked.slice(1).map((atMs, i) => atMs - (asked[i] ?? atMs))
    expect(Math.min(...pauses)).toBeGreaterThan(4000)
    expect((await rollout.events()).filter((event) => event.reason === 'ResolveFailed')).toMatchObject([{ count: 1 }])
  })

  it('may be a server that goes away: nothing happens until it is back with a new version', async () => {
    const rollout = await followed('away', unsteady)
    await unsteady.goAway()
    const path = '/away/latest'
    await rollout.edit({ spec: { channel: unsteady.url(path) } })
    expect(await rollout.until('LatestResolved', /ECONNREFUSED/)).toMatch(/^True\/Channel: .*; stays with v1\.20\.3-k3s1$/)
    untouchedSince(rollout)

    unsteady.reply(path, redirectTo('/v1.20.4+k3s1'))
    await unsteady.comeBack()
    await rollout.until('LatestResolved', /^True\/Channel$/)
    await stage.observer.until('the new version is known', () => rollout.version() === 'v1.20.4-k3s1')
    await rollout.untilComplete()
    expect(rollout.node()?.kubeletVersion).toBe('v1.20.4+k3s1')
  })

  it('may have a certificate of an authority that nobody has named', async () => {
    const stranger = await startChannelServer('stranger')
    try {
      const rollout = await startRollout(stage, { name: 'stranger', spec: { channel: stranger.url('/stable') } })
      expect(await rollout.until('LatestResolved', /^False\/Error: /)).toMatch(/cannot be asked: .*certificate.*SSL_CERT_FILE/)
      expect(stranger.requests('/stable')).toEqual([])
      expect(rollout.everTouched()).toEqual([])
    } finally {
      await stranger.close()
    }
  })
})

import { request as httpsRequest } from 'node:https'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { smallServer } from '../http/small-server.test-support.ts'
import type { UserInfo } from '../user-info.ts'
import { type ServedTwin, serveTwin } from './serve-twin.ts'

interface KeyPair {
  readonly key: string
  readonly cert: string
}

const elliptic = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
const seen: UserInfo[] = []
let authority: KeyPair
let served: ServedTwin

async function certificate(names: readonly { name: string; value: string }[], ca?: KeyPair): Promise<KeyPair> {
  const usage = ca === undefined ? { name: 'basicConstraints' as const, cA: true } : { name: 'extKeyUsage' as const, clientAuth: true }
  const made = await generate([...names], { ...elliptic, ...(ca === undefined ? {} : { ca }), extensions: [usage] })
  return { key: made.private, cert: made.cert }
}

beforeEach(async () => {
  seen.length = 0
  authority = await certificate([{ name: 'commonName', value: 'ca' }])
  const access = {
    authenticate: () => undefined,
    authorize: (user: UserInfo) => {
      seen.push(user)
      return { allowed: true }
    },
  }
  const { server } = await smallServer({ access })
  served = await serveTwin({ server, cert: authority.cert, key: authority.key, clientCa: authority.cert })
})

afterEach(() => served.close())

function statusWith(shown: Partial<KeyPair>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${served.url}/version`, { rejectUnauthorized: false, ...shown, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.end()
  })
}

describe('a client certificate', () => {
  const jane = [
    { name: 'commonName', value: 'jane' },
    { name: 'organizationName', value: 'devs' },
  ]

  it('says who asks: its common name, and its organization as a group', async () => {
    expect(await statusWith(await certificate(jane, authority))).toBe(200)
    expect(seen).toEqual([{ username: 'jane', groups: ['devs', 'system:authenticated'] }])
  })

  it('of another CA is worth nothing', async () => {
    const other = await certificate([{ name: 'commonName', value: 'other' }])
    expect(await statusWith(await certificate(jane, other))).toBe(401)
    expect(seen).toEqual([])
  })

  it('is not needed: then the headers are asked', async () => {
    expect(await statusWith({})).toBe(401)
  })
})

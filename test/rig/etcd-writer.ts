import { Agent, request } from 'undici'
import type { EtcdCluster } from './etcd-cluster.ts'

/** What became of writes that etcd has acknowledged. */
export interface WrittenKeys {
  readonly acknowledged: number
  readonly lost: number
  /** Acknowledged one after another, and later ones came before earlier ones. */
  readonly disordered: number
  /** Tries that failed and were made again at the next member. */
  readonly retried: number
  /** The longest that a write took, tries and all. */
  readonly longestMs: number
}

export interface EtcdWriter {
  /** Ends the writing, and reads everything back. */
  stop(): Promise<WrittenKeys>
}

const prefix = '/written/'
const pauseMs = 10

/** Writes one key after another; each until a member has acknowledged it. The JSON gateway of etcd: no client library tries again unseen. */
export function startEtcdWriter({ endpoints, client }: Pick<EtcdCluster, 'endpoints' | 'client'>): EtcdWriter {
  const agent = new Agent({ connect: { ca: client.ca, cert: client.cert, key: client.key }, bodyTimeout: 3_000, headersTimeout: 3_000 })
  const acknowledged: string[] = []
  let at = 0
  let isStopped = false
  let retried = 0
  let longestMs = 0
  const call = async (path: string, body: object): Promise<unknown> => {
    const answer = await request(`${endpoints[at]}${path}`, { method: 'POST', body: JSON.stringify(body), dispatcher: agent })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(text)
    return JSON.parse(text)
  }
  const untilAnswered = async (path: string, body: object) => {
    for (;;) {
      try {
        return await call(path, body)
      } catch {
        retried += 1
        at = (at + 1) % endpoints.length
        await pause()
      }
    }
  }
  const writing = (async () => {
    while (!isStopped) {
      const key = `${prefix}${String(acknowledged.length).padStart(8, '0')}`
      const beginMs = performance.now()
      await untilAnswered('/v3/kv/put', { key: base64(key), value: base64(key) })
      longestMs = Math.max(longestMs, performance.now() - beginMs)
      acknowledged.push(key)
      await pause()
    }
  })()
  return {
    async stop() {
      isStopped = true
      await writing
      const answer = await untilAnswered('/v3/kv/range', { key: base64(prefix), range_end: base64('/written0') })
      await agent.close()
      return { ...judged(acknowledged, answer as RangeAnswer), retried, longestMs: Math.round(longestMs) }
    },
  }
}

interface RangeAnswer {
  readonly kvs?: readonly { readonly key: string; readonly mod_revision: string }[]
}

function judged(acknowledged: readonly string[], { kvs = [] }: RangeAnswer): Pick<WrittenKeys, 'acknowledged' | 'lost' | 'disordered'> {
  const revisions = new Map(kvs.map(({ key, mod_revision }) => [Buffer.from(key, 'base64').toString(), Number(mod_revision)]))
  const found = acknowledged.flatMap((key) => revisions.get(key) ?? [])
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.length - found.length,
    disordered: found.filter((revision, index) => index > 0 && revision <= (found[index - 1] ?? 0)).length,
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs))
}

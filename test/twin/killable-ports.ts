import { type Clock, sleepBy } from '../../src/cluster/clock.ts'
import type { ApiRequest, ApiTransport } from '../../src/cluster/transport.ts'
import type { HostSource } from '../../src/controller/shell.ts'
import type { Host } from '../../src/node/host.ts'

/** When a process dies of itself: at one of its writes, before it reaches the server or right after the server has done it. */
export interface DeathAtWrite {
  readonly write: number
  readonly when: 'Before' | 'After'
}

/** When a process dies of itself: at one of its calls to hosts, before it reaches the host, while the host works on it, or right after its answer. */
export interface DeathAtCall {
  readonly call: number
  readonly when: 'Before' | 'Within' | 'After'
}

/** Clock and transport of a process that can die at any instant, without a word to anybody. */
export interface KillablePorts {
  readonly clock: Clock
  readonly transport: ApiTransport
  /** SIGKILL: its timers never fire, its requests are never answered, its connections are closed. */
  kill(): void
  readonly isDead: boolean
  /** Writes that were sent, oldest first. */
  readonly writes: readonly ApiRequest[]
}

/** What runs on these ports stops for good with the first `await` after its death; the server hears no more of it. */
export function killablePorts(
  below: Pick<KillablePorts, 'clock' | 'transport'>,
  death?: DeathAtWrite & { onDeath(): void },
): KillablePorts {
  const process = new Killable(below)
  const send = async <T>(request: ApiRequest): Promise<T> => {
    const isLast = request.method !== 'GET' && process.writes.push(request) === death?.write
    if (isLast && death?.when === 'Before') die()
    if (process.isDead) return await never()
    const answer = await process.answered(below.transport.json<T>(request))
    if (isLast) die()
    return process.isDead ? await never() : answer
  }
  const die = () => {
    process.kill()
    death?.onDeath()
  }
  return Object.assign(process, {
    transport: {
      json: send,
      stream: (request: ApiRequest) => process.stream(below.transport, request),
    },
  })
}

/** Hosts of a process that can die, also of itself at one of its calls: they hear no more of it. What runs there goes on. */
export function killableHosts(
  hosts: HostSource,
  process: Pick<KillablePorts, 'isDead' | 'kill'>,
  death?: DeathAtCall & { onDeath(): void },
): HostSource {
  let calls = 0
  const die = () => {
    process.kill()
    death?.onDeath()
  }
  return {
    ...hosts,
    of: (place) => {
      const host = hosts.of(place)
      const run: Host['run'] = async (...script) => {
        if (process.isDead) return await never()
        calls += 1
        const isLast = calls === death?.call
        if (isLast && death?.when === 'Before') {
          die()
          return await never()
        }
        const answer = host.run(...script)
        if (isLast && death?.when === 'Within') die()
        const result = await answer.finally(() => {
          if (isLast && !process.isDead) die()
        })
        return process.isDead ? await never() : result
      }
      return { name: host.name, run, close: () => host.close() }
    },
  }
}

class Killable {
  readonly writes: ApiRequest[] = []
  readonly clock: Clock
  isDead = false
  readonly #timers = new Set<() => void>()
  readonly #connections = new Set<() => void>()

  constructor({ clock }: { readonly clock: Clock }) {
    const after: Clock['after'] = (ms, callback) => {
      if (this.isDead) return () => {}
      const end = clock.after(ms, () => {
        this.#timers.delete(end)
        callback()
      })
      this.#timers.add(end)
      return () => {
        this.#timers.delete(end)
        end()
      }
    }
    this.clock = { now: () => clock.now(), after, sleep: (ms, signal) => sleepBy({ after }, ms, signal) }
  }

  kill(): void {
    this.isDead = true
    for (const end of [...this.#timers, ...this.#connections]) end()
    this.#timers.clear()
    this.#connections.clear()
  }

  /** The answer, also of a refusal, reaches only who lives. */
  async answered<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (this.isDead) return await never()
      throw error
    }
  }

  async stream(below: ApiTransport, request: ApiRequest): ReturnType<ApiTransport['stream']> {
    if (this.isDead) return await never()
    const gone = new AbortController()
    const end = () => {
      this.#connections.delete(end)
      request.signal?.removeEventListener('abort', end)
      gone.abort()
    }
    request.signal?.addEventListener('abort', end, { once: true })
    this.#connections.add(end)
    const stream = await this.answered(below.stream({ ...request, signal: gone.signal })).catch((error: unknown) => {
      end()
      throw error
    })
    if (this.isDead) return await never()
    const hasDied = () => this.isDead
    return {
      close: () => {
        end()
        stream.close()
      },
      async *[Symbol.asyncIterator]() {
        for await (const piece of stream) {
          if (hasDied()) return await never()
          yield piece
        }
        if (hasDied()) await never()
      },
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}

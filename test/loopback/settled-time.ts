import type { ApiTransport } from '../../src/cluster/transport.ts'
import { VirtualClock } from '../../src/cluster/virtual-clock.ts'
import { FalkirkError } from '../../src/core/falkirk-error.ts'
import { accessTo, openTransport } from './access.ts'

/** Virtual time for clients that talk over real sockets: it only goes on when every request that will be answered has been. */
export interface SettledTime {
  readonly clock: VirtualClock
  /** A client whose requests are waited for. While `isCut` says so it reaches nothing: its requests break. */
  connect(isCut?: () => boolean): ApiTransport
}

/** `hung` counts the requests that the server keeps and never answers. */
export function createSettledTime(server: { readonly url: string; hung(): number }): SettledTime {
  let pending = 0
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const settle = async () => {
    do await turn()
    while (pending > server.hung())
    await turn()
  }
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1), settle })
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    pending += 1
    try {
      return await work
    } finally {
      pending -= 1
    }
  }
  const connect = (isCut = () => false) => {
    const reach = openTransport(accessTo(server.url), { clock })
    const transport = () => {
      if (isCut()) throw new FalkirkError('FK_API_UNREACHABLE', 'cut off by the test', { retry: 'backoff' })
      return reach
    }
    return {
      json: <T>(request: Parameters<ApiTransport['json']>[0]) => counted((async () => transport().json<T>(request))()),
      stream: (request: Parameters<ApiTransport['stream']>[0]) => counted((async () => transport().stream(request))()),
    }
  }
  return { clock, connect }
}

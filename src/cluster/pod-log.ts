import type { Clock } from './clock.ts'
import { itemPath } from './object-path.ts'
import { pods } from './resource.ts'
import type { ApiTransport } from './transport.ts'

export interface PodLogOptions {
  /** Lines from the end; all unless told. */
  readonly tailLines?: number
  /** Upper bound of the answer, also kept when the server ignores it; 64 KiB unless told. */
  readonly limitBytes?: number
  /** The log of the container's run before this one. */
  readonly previous?: boolean
  readonly signal?: AbortSignal
  /** For the whole log; 30 s unless told. What has come by then is returned. */
  readonly timeoutMs?: number
}

/**
 * Reads what a container has written, without following it.
 * The server fetches it from the kubelet: a node that is away makes this slow or an `ApiError`, so the time is bounded.
 */
export async function readPodLog(
  { transport, clock }: { transport: ApiTransport; clock: Clock },
  at: { namespace: string; pod: string; container: string },
  options: PodLogOptions = {},
): Promise<string> {
  const { limitBytes = 65_536, timeoutMs = 30_000, tailLines, previous, signal } = options
  const stream = await transport.stream({
    method: 'GET',
    path: itemPath(pods, { namespace: at.namespace, name: at.pod }, 'log'),
    query: { container: at.container, tailLines, limitBytes, previous },
    accept: '*/*',
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
  const cancelTimer = clock.after(timeoutMs, () => stream.close())
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of stream) {
      chunks.push(chunk.subarray(0, limitBytes - size))
      size += chunk.length
      if (size >= limitBytes) break
    }
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    cancelTimer()
    stream.close()
  }
}

import type { Clock } from '../cluster/clock.ts'
import type { PodLogs as ServedLogs } from './api/http/server-parts.ts'
import { StatusError } from './api/status-error.ts'
import type { PodLogs } from './kubelet/pod-logs.ts'

/** What the kubelets keep of their containers' output, as `pods/log` gives it. Following ends with the request. */
export function servedLogs(logs: PodLogs, clock: Clock): ServedLogs {
  return {
    async read({ metadata }, { sinceSeconds, signal, follow, ...options }) {
      const at = { namespace: metadata.namespace ?? '', pod: metadata.name, container: options.container }
      const since = sinceSeconds === undefined ? {} : { sinceMs: clock.now() - sinceSeconds * 1000 }
      const text = logs.read({ ...at, ...options, ...since })
      if (text === undefined) throw notStarted(at)
      return follow ? followed(text, (listener) => logs.follow(at, listener), signal) : text
    },
  }
}

function notStarted({ pod, container }: { pod: string; container: string }): StatusError {
  return new StatusError(400, 'BadRequest', `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`)
}

async function* followed(
  text: string,
  subscribe: (listener: (text: string) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncIterable<string> {
  const waiting = [text]
  let wake = () => {}
  const end = subscribe((more) => {
    waiting.push(more)
    wake()
  })
  const stop = () => wake()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    while (signal?.aborted !== true) {
      yield waiting.splice(0).join('')
      if (waiting.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    end()
    signal?.removeEventListener('abort', stop)
  }
}

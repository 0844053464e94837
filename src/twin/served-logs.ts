import type { Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../cluster/clock.ts'
import type { PodLogs as ServedLogs } from './api/http/server-parts.ts'
import { StatusError } from './api/status-error.ts'
import { as, type KubeObject } from './kube-object.ts'
import type { PodLogs } from './kubelet/pod-logs.ts'
import type { ObjectStore } from './store/object-store.ts'

interface LogPlace {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** What the kubelets keep of their containers' output, as `pods/log` gives it. Following ends with the container, or with the request. */
export function servedLogs(logs: PodLogs, clock: Clock, store: ObjectStore): ServedLogs {
  return {
    async read(pod, { sinceSeconds, signal, follow, ...options }) {
      const at = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: options.container }
      const since = sinceSeconds === undefined ? {} : { sinceMs: clock.now() - sinceSeconds * 1000 }
      const text = () => logs.read({ ...at, ...options, ...since })
      const now = text()
      if (now === undefined) throw options.previous ? noPrevious(at) : notStarted(at)
      if (!follow || options.previous) return now
      return followed({
        begin: () => text() ?? '',
        hasEnded: () => hasEnded(store.get('pods', at.namespace, at.pod), pod.metadata.uid, at.container),
        subscribe: (onText, onChange) => subscribed(logs, store, { at, onText, onChange }),
        signal,
      })
    },
  }
}

function notStarted({ pod, container }: LogPlace): StatusError {
  return new StatusError(400, 'BadRequest', `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`)
}

/** Source: Kubernetes, kubelet validateContainerLogStatus. */
function noPrevious({ pod, container }: LogPlace): StatusError {
  return new StatusError(400, 'BadRequest', `previous terminated container "${container}" in pod "${pod}" not found`)
}

/** What a container has written is kept before its end is told, so that nothing comes after it. */
function hasEnded(pod: KubeObject | undefined, uid: string, container: string): boolean {
  if (pod === undefined || pod.metadata.uid !== uid) return true
  const { containerStatuses = [], initContainerStatuses = [] } = as<Pod>(pod).status ?? {}
  const status = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container)
  return status?.state?.terminated !== undefined
}

interface LogListener {
  readonly at: LogPlace
  readonly onText: (text: string) => void
  readonly onChange: () => void
}

function subscribed(logs: PodLogs, store: ObjectStore, { at, onText, onChange }: LogListener): () => void {
  const endOfText = logs.follow(at, onText)
  const endOfChanges = store.subscribe(({ resource, object: { metadata } }) => {
    if (resource === 'pods' && metadata.name === at.pod && metadata.namespace === at.namespace) onChange()
  })
  return () => {
    endOfText()
    endOfChanges()
  }
}

interface Followed {
  /** What is there when somebody begins to listen. */
  readonly begin: () => string
  readonly hasEnded: () => boolean
  readonly subscribe: (onText: (text: string) => void, onChange: () => void) => () => void
  readonly signal: AbortSignal | undefined
}

async function* followed({ begin, hasEnded, subscribe, signal }: Followed): AsyncIterable<string> {
  const waiting = [begin()]
  let wake = () => {}
  const stop = () => wake()
  const isOver = () => hasEnded() || signal?.aborted === true
  const end = subscribe((more) => {
    waiting.push(more)
    wake()
  }, stop)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      yield waiting.splice(0).join('')
      if (waiting.length > 0) continue
      if (isOver()) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    end()
    signal?.removeEventListener('abort', stop)
  }
}

/** Which container; `previous`: the one before its last restart. */
export interface LogRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly previous?: boolean
  /** Only the last so many lines. */
  readonly tailLines?: number
  readonly limitBytes?: number
  /** Only lines from then on, epoch ms. */
  readonly sinceMs?: number
  /** Each line with its time in front. */
  readonly timestamps?: boolean
}

interface Line {
  readonly atMs: number
  readonly text: string
}

interface ContainerLog {
  current: Line[]
  previous: Line[] | undefined
}

/** Lines kept of each container; what is older is as if rotated away. */
const mostLines = 500

/** What the containers have printed, as `kubectl logs` asks for it. */
export class PodLogs {
  readonly #pods = new Map<string, Map<string, ContainerLog>>()
  readonly #followers = new Map<string, Set<(text: string) => void>>()

  /** A container has been started: what it printed before is now that of its predecessor. */
  begin(namespace: string, pod: string, container: string): void {
    const key = `${namespace}/${pod}`
    const containers = this.#pods.get(key) ?? new Map<string, ContainerLog>()
    this.#pods.set(key, containers.set(container, { current: [], previous: containers.get(container)?.current }))
  }

  /** Lines are ended by `\n`; a last one without it is a line as well. */
  print(at: { namespace: string; pod: string; container: string }, text: string, nowMs: number): void {
    if (text === '') return
    const log = this.#pods.get(`${at.namespace}/${at.pod}`)?.get(at.container)
    if (log === undefined) return
    const lines = text.replace(/\n$/, '').split('\n')
    log.current.push(...lines.map((line) => ({ atMs: nowMs, text: line })))
    if (log.current.length > mostLines) log.current.splice(0, log.current.length - mostLines)
    for (const follower of this.#followers.get(followKey(at)) ?? []) follower(lines.map((line) => `${line}\n`).join(''))
  }

  /** `undefined` when there is no such container, or it has not been started. */
  read(request: LogRequest): string | undefined {
    const log = this.#pods.get(`${request.namespace}/${request.pod}`)?.get(request.container)
    const lines = request.previous === true ? log?.previous : log?.current
    if (lines === undefined) return undefined
    const since = request.sinceMs ?? Number.NEGATIVE_INFINITY
    const recent = lines.filter(({ atMs }) => atMs >= since)
    const tail = request.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - request.tailLines))
    const text = tail.map((line) => `${request.timestamps === true ? `${nanoTime(line.atMs)} ` : ''}${line.text}\n`).join('')
    return request.limitBytes === undefined ? text : Buffer.from(text).subarray(0, request.limitBytes).toString('utf8')
  }

  /** Hears what is printed from now on; the returned function ends that. */
  follow(at: { namespace: string; pod: string; container: string }, listener: (text: string) => void): () => void {
    const key = followKey(at)
    const followers = this.#followers.get(key) ?? new Set()
    this.#followers.set(key, followers.add(listener))
    return () => {
      followers.delete(listener)
      if (followers.size === 0) this.#followers.delete(key)
    }
  }

  /** The pod is gone. */
  forget(namespace: string, pod: string): void {
    this.#pods.delete(`${namespace}/${pod}`)
  }
}

function followKey({ namespace, pod, container }: { namespace: string; pod: string; container: string }): string {
  return `${namespace}/${pod}/${container}`
}

/** As container runtimes write it. */
function nanoTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}

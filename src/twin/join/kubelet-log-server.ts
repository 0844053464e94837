import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../cluster/clock.ts'
import type { ContainerHappening } from '../kubelet/kubelet-options.ts'
import type { LogRequest, PodLogs } from '../kubelet/pod-logs.ts'
import { loopbackCertificate } from '../sandbox/loopback-certificate.ts'

/** The part of a kubelet's own HTTPS API that `kubectl logs` needs, for all nodes at once. Nothing can be changed through it. */
export interface KubeletLogServer {
  readonly port: number
  /** A container has started, or has ended: then whoever follows its log has heard all of it. */
  readonly happened: (happening: ContainerHappening) => void
  close(): Promise<void>
}

interface Place {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Serves logs on the loopback address. The API server does not check the certificate unless it is told to. */
export async function serveKubeletLogs(logs: PodLogs, clock: Clock): Promise<KubeletLogServer> {
  const followers = new Map<string, Set<() => void>>()
  const follow = (place: Place, response: ServerResponse) => {
    const key = keyOf(place)
    const silence = logs.follow(place, (text) => response.write(text))
    const end = () => response.end()
    followers.set(key, (followers.get(key) ?? new Set()).add(end))
    response.once('close', () => {
      silence()
      followers.get(key)?.delete(end)
      if (followers.get(key)?.size === 0) followers.delete(key)
    })
  }
  const running = new Set<string>()
  const server = createServer(await loopbackCertificate(), (request, response) => {
    const asked = askedOf(request, clock.now())
    const text = asked === undefined ? undefined : logs.read(asked)
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' })
    if (asked?.follow !== true || text === undefined || !running.has(keyOf(asked))) return void response.end(text ?? 'no such container\n')
    response.write(text)
    follow(asked, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    happened({ pod, effect }) {
      const key = keyOf({ namespace: pod.metadata?.namespace ?? '', pod: pod.metadata?.name ?? '', container: effect.container })
      if (effect.kind === 'Started') return void running.add(key)
      running.delete(key)
      for (const end of followers.get(key) ?? []) end()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function keyOf({ namespace, pod, container }: Place): string {
  return `${namespace}/${pod}/${container}`
}

/** `undefined` for what is no request for a log. Source: Kubernetes kubelet server, getContainerLogs. */
function askedOf({ method, url = '/' }: IncomingMessage, nowMs: number): (LogRequest & { readonly follow: boolean }) | undefined {
  const { pathname, searchParams } = new URL(url, 'https://127.0.0.1')
  const [, route, namespace = '', pod = '', container = '', ...more] = pathname.split('/')
  if (method !== 'GET' || route !== 'containerLogs' || more.length > 0) return undefined
  const sinceMs = sinceOf(searchParams, nowMs)
  return {
    namespace,
    pod,
    container,
    previous: searchParams.get('previous') === 'true',
    timestamps: searchParams.get('timestamps') === 'true',
    follow: searchParams.get('follow') === 'true',
    ...numberIn(searchParams, 'tailLines'),
    ...numberIn(searchParams, 'limitBytes'),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  }
}

function numberIn(query: URLSearchParams, name: 'tailLines' | 'limitBytes'): Partial<LogRequest> {
  const text = query.get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? { [name]: Number(text) } : {}
}

function sinceOf(query: URLSearchParams, nowMs: number): number | undefined {
  const [seconds, time] = [Number(query.get('sinceSeconds') ?? Number.NaN), Date.parse(query.get('sinceTime') ?? '')]
  if (Number.isFinite(seconds)) return nowMs - seconds * 1000
  return Number.isNaN(time) ? undefined : time
}

import type { ImagePull } from './container-run.ts'

/** An event of a kubelet about one pod. */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The container that is meant. */
  readonly container?: string
}

const normal = (container: string, reason: string, message: string): PodEvent => ({ type: 'Normal', reason, message, container })
const warning = (container: string, reason: string, message: string): PodEvent => ({ type: 'Warning', reason, message, container })

/** What kubelets say, by their minor. Source: Kubernetes kubelet, events of v1.14 to v1.36. */
export const events = {
  pulling: (container: string, image: string) => normal(container, 'Pulling', `Pulling image "${image}"`),
  present: (container: string, image: string, minor: number) =>
    normal(
      container,
      'Pulled',
      `Container image "${image}" already present on machine${minor >= 34 ? ' and can be accessed by the pod' : ''}`,
    ),
  pulled: (container: string, image: string, of: { pull: Extract<ImagePull, { kind: 'Pulled' }>; minor: number }) =>
    normal(container, 'Pulled', `Successfully pulled image "${image}"${pullDetail(of.pull, of.minor)}`),
  pullFailed: (container: string, image: string, why: string) => warning(container, 'Failed', `Failed to pull image "${image}": ${why}`),
  error: (container: string, reason: string) => warning(container, 'Failed', `Error: ${reason}`),
  pullBackOff: (container: string, image: string) => normal(container, 'BackOff', `Back-off pulling image "${image}"`),
  created: (container: string, minor: number) => normal(container, 'Created', createdText(container, minor)),
  started: (container: string, minor: number) =>
    normal(container, 'Started', minor >= 35 ? 'Container started' : `Started container ${container}`),
  crashBackOff: (container: string, pod: string, minor: number) =>
    warning(
      container,
      'BackOff',
      minor >= 26 ? `Back-off restarting failed container ${container} in pod ${pod}` : 'Back-off restarting failed container',
    ),
  killing: (container: string) => normal(container, 'Killing', `Stopping container ${container}`),
  unready: (container: string, why: string) => warning(container, 'Unhealthy', `Readiness probe failed: ${why}`),
  deadline: (): PodEvent => ({
    type: 'Normal',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  }),
  sandboxChanged: (): PodEvent => ({
    type: 'Normal',
    reason: 'SandboxChanged',
    message: 'Pod sandbox changed, it will be killed and re-created.',
  }),
} as const

function createdText(container: string, minor: number): string {
  if (minor >= 35) return 'Container created'
  return minor >= 32 ? `Created container: ${container}` : `Created container ${container}`
}

function pullDetail({ tookMs, waitedMs, bytes }: Extract<ImagePull, { kind: 'Pulled' }>, minor: number): string {
  if (minor < 20) return ''
  const took = ` in ${secondsText(tookMs)}`
  if (minor < 28) return took
  const waiting = `${took} (${secondsText(tookMs + waitedMs)} including waiting)`
  return minor < 31 ? waiting : `${waiting}. Image size: ${bytes} bytes.`
}

/** As Go prints a duration of some seconds: `812ms`, `2.5s`, `1m3.5s`. */
function secondsText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.round(ms - minutes * 60_000) / 1000
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`
}

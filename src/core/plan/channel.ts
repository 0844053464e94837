import { isLabelValue } from '../kubernetes/label-syntax.ts'
import { mungeVersion, parseVersion } from '../version/kubernetes-version.ts'

/** What a channel server said, redirects not followed, or why it said nothing. */
export type ChannelAnswer =
  | { readonly kind: 'Answered'; readonly status: number; readonly statusText: string; readonly location?: string }
  | { readonly kind: 'Failed'; readonly message: string }

/** The version a channel stands at, as it was answered (`+` and all), or one sentence on why there is none. */
export type ChannelVersion =
  | { readonly kind: 'Version'; readonly version: string }
  | { readonly kind: 'Unusable'; readonly message: string }

export interface ChannelQuestion {
  readonly channel: string
  /** UID of namespace `kube-system`. */
  readonly clusterId: string
  /** `status.latestVersion`; may be empty. */
  readonly latestVersion: string
}

/** The GET request that asks a channel. Spelling of the headers as on the wire. Source: system-upgrade-controller v0.20. */
export function channelRequest({ channel, clusterId, latestVersion }: ChannelQuestion): {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
} {
  const latest = latestVersion === '' ? {} : { 'X-SUC-Latest-Version': latestVersion }
  return { url: channel, headers: { 'X-SUC-Cluster-ID': clusterId, ...latest } }
}

/**
 * What a channel's answer means:
 * - 302: the last element of the Location's path, whatever can be a label value.
 * - 301, 303, 307, 308: the same if it is a version; the channel itself has moved otherwise.
 * - 2xx: the last element of the channel's own path if it begins like a version. Any other page is not a channel (a login page answers so, too).
 * - everything else is unusable.
 *
 * Source: channel server of k3s and RKE2; system-upgrade-controller v0.20 takes every answer below 400 for a success.
 */
export function judgeChannelAnswer(url: string, answer: ChannelAnswer): ChannelVersion {
  if (answer.kind === 'Failed')
    return unusable(`channel ${shownUrl(url)} cannot be asked: ${answer.message}${authorityFix(answer.message)}`)
  const { status } = answer
  if (status >= 200 && status < 300) return fromChannelUrl(url)
  if (status === 302) return fromLocation(url, answer.location)
  if (status === 301 || status === 303 || status === 307 || status === 308) return fromMoved(url, status, answer.location)
  return unusable(
    `unexpected response: HTTP/1.1 ${status} ${answer.statusText.slice(0, 100)}`.trim().concat(`; check spec.channel ${shownUrl(url)}`),
  )
}

/** OpenSSL's ways to say that nobody vouches for a server. */
function authorityFix(message: string): string {
  const unknown = /self-signed certificate|unable to (verify|get (local )?issuer)|certificate signature failure/.test(message)
  return unknown ? '; name the file of its authority in SSL_CERT_FILE of the controller' : ''
}

function fromChannelUrl(url: string): ChannelVersion {
  const last = lastElement(pathOf(url))
  if (last !== undefined && /^v?\d/.test(last) && isLabelValue(mungeVersion(last))) return { kind: 'Version', version: last }
  return unusable(
    `channel ${shownUrl(url)} answered a page instead of a redirect to a version; check that spec.channel names a channel and that no login page answers for it`,
  )
}

function fromLocation(url: string, location: string | undefined): ChannelVersion {
  if (location === undefined || location === '')
    return unusable(`http: no Location header in response; check spec.channel ${shownUrl(url)}`)
  const last = lastElement(locationPath(url, location))
  if (last !== undefined && last !== '' && isLabelValue(mungeVersion(last))) return { kind: 'Version', version: last }
  return unusable(
    `channel ${shownUrl(url)} answered Location ${shownUrl(location)}, whose last part is no version: it must fit into a label value (63 characters; letters, digits, -, _ and .)`,
  )
}

/** A page that has moved has the channel's name at its end, not a version. */
function fromMoved(url: string, status: number, location: string | undefined): ChannelVersion {
  const last = location === undefined ? undefined : lastElement(locationPath(url, location))
  if (last !== undefined && parseVersion(last) !== undefined && isLabelValue(mungeVersion(last))) return { kind: 'Version', version: last }
  const where = location === undefined || location === '' ? 'without a Location' : `to ${shownUrl(location)}`
  return unusable(`channel ${shownUrl(url)} has moved (status ${status}) ${where}; set spec.channel to the address where it is now`)
}

function unusable(message: string): ChannelVersion {
  return { kind: 'Unusable', message }
}

/** The path of an absolute URL, without query and fragment. */
function pathOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? ''
}

/** The path of a Location, which may be a whole URL, `//host/path`, `/path`, or relative to the channel's path. */
function locationPath(url: string, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return pathOf(location)
  if (location.startsWith('//')) return pathOf(`http:${location}`)
  return /^[^?#]*/.exec(location)?.[0] || pathOf(url)
}

/** The last element of a path, percent-decoded, a slash at the end ignored; undefined when there is none or it cannot be decoded. */
function lastElement(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
      .split('/')
      .findLast((element) => element !== '')
  } catch {
    return undefined
  }
}

/** A URL as messages may show it: no user, password, query or fragment, at most 200 characters. */
function shownUrl(url: string): string {
  const shown = url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, '$1//')
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown
}

export interface PollState {
  /** When the channel last named a version; epoch milliseconds, as all times here. */
  readonly lastResolvedMs?: number
  /** Whether the Plan has a version from its channel. */
  readonly resolved: boolean
  readonly intervalMs: number
  readonly nowMs: number
  readonly lastAttemptMs?: number
  /** Attempts in a row that failed, 0 after a good one. */
  readonly failures: number
}

const firstRetryMs = 5_000

/**
 * When a channel has to be asked: at once when that was never done, one interval after it last named a version, and after failures again in
 * 5 s, 10 s, 20 s and so on up to the interval. A clock that was set back delays a poll by one interval at most.
 */
export function pollDue(state: PollState): { readonly due: boolean; readonly nextMs: number } {
  const nextMs = Math.min(plannedPoll(state), state.nowMs + state.intervalMs)
  return { due: nextMs <= state.nowMs, nextMs }
}

function plannedPoll({ lastResolvedMs, resolved, intervalMs, nowMs, lastAttemptMs, failures }: PollState): number {
  if (failures > 0) return (lastAttemptMs ?? nowMs) + Math.min(firstRetryMs * 2 ** (failures - 1), intervalMs)
  const last = Math.max((resolved ? lastResolvedMs : undefined) ?? -Infinity, lastAttemptMs ?? -Infinity)
  return last === -Infinity ? nowMs : last + intervalMs
}

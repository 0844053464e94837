import { existsSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'

/** One request as the API server's audit log has it. */
export interface AuditedRequest {
  readonly user: string
  readonly verb: string
  /** Plural with its subresource (`nodes/status`), or the path for what is not a resource. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  /** HTTP status; 0 while it is not answered, as a watch is until it ends. */
  readonly code: number
  /** Epoch milliseconds of its arrival. */
  readonly atMs: number
  readonly userAgent: string
}

interface AuditLine {
  auditID: string
  verb: string
  requestURI: string
  user?: { username?: string }
  userAgent?: string
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string }
  responseStatus?: { code?: number }
  requestReceivedTimestamp: string
}

/**
 * A policy that logs each request of `users` and nothing else: when it arrives and when it has been answered. Without the first,
 * Kubernetes 1.20 would log a watch only when it ends.
 */
export function auditPolicy(users: readonly string[]): string {
  const rules = users.length === 0 ? [] : [{ level: 'Metadata', users }]
  return stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['ResponseStarted'],
    rules: [...rules, { level: 'None' }],
  })
}

/** All requests of a log, each once, in the order of their arrival. */
export function readAuditLog(file: string): AuditedRequest[] {
  if (!existsSync(file)) return []
  const byId = new Map<string, AuditedRequest>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry = parseLine(line)
    if (entry !== undefined) byId.set(entry.auditID, request(entry))
  }
  return [...byId.values()].sort((a, b) => a.atMs - b.atMs)
}

/** How often each `verb resource` occurs, e.g. `{'patch nodes': 100}`. */
export function countRequests(requests: readonly AuditedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { verb, resource } of requests) counts[`${verb} ${resource}`] = (counts[`${verb} ${resource}`] ?? 0) + 1
  return counts
}

// a server that was killed may have left half a line
function parseLine(line: string): AuditLine | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line) as AuditLine
  } catch {
    return undefined
  }
}

function request(entry: AuditLine): AuditedRequest {
  const { resource, subresource, namespace = '', name = '' } = entry.objectRef ?? {}
  const plural = subresource === undefined ? resource : `${resource}/${subresource}`
  return {
    user: entry.user?.username ?? '',
    verb: entry.verb,
    resource: plural ?? entry.requestURI.replace(/\?.*/, ''),
    namespace,
    name,
    code: entry.responseStatus?.code ?? 0,
    atMs: Date.parse(entry.requestReceivedTimestamp),
    userAgent: entry.userAgent ?? '',
  }
}

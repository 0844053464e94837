import { dirname, isAbsolute, resolve } from 'node:path'
import * as z from 'zod'
import type { Clock } from './clock.ts'
import { runExecPlugin } from './exec-plugin.ts'
import { firstIssue } from './first-issue.ts'
import type { ClusterEntry, ExecEntry } from './kube-config-schema.ts'
import { pluginError } from './plugin-error.ts'

/** What an exec plugin has given. */
export interface ExecCredential {
  readonly token?: string
  readonly clientCertificate?: { readonly cert: string; readonly key: string }
  /** Epoch ms; absent: good until the API server refuses it. */
  readonly expiresAtMs?: number
}

export interface ExecRequest {
  readonly exec: ExecEntry
  /** The kubeconfig file: a command with a slash in it is relative to its folder. */
  readonly file: string
  readonly cluster: ClusterEntry
  /** PEM, for plugins that ask for the cluster's data. */
  readonly ca: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** A person is at the terminal, whom a plugin may ask. */
  readonly interactive: boolean
}

/** Runs exec plugins and keeps what they give. */
export type ExecCredentials = (request: ExecRequest, how: 'Cached' | 'Fresh') => Promise<ExecCredential>

const status = z.object({
  token: z.string().min(1).optional(),
  clientCertificateData: z.string().min(1).optional(),
  clientKeyData: z.string().min(1).optional(),
  expirationTimestamp: z.string().optional(),
})
const execCredential = z.object({ apiVersion: z.string(), kind: z.literal('ExecCredential'), status })

/** Without this, a plugin whose clock is behind ours would be run for each request. */
const shortestLifeMs = 30_000

/**
 * One plugin's credentials are kept until they expire, or without an expiry until the server refuses them, as client-go does.
 * Throws FK_EXEC_PLUGIN in one sentence; what the plugin has printed on standard output never appears in it.
 * Source: Kubernetes "Authenticating", client-go credential plugins.
 */
export function createExecCredentials(clock: Clock): ExecCredentials {
  const kept = new Map<string, { credential: ExecCredential; untilMs: number }>()
  return async (request, how) => {
    const key = JSON.stringify([request.exec, request.file])
    const known = kept.get(key)
    if (how === 'Cached' && known !== undefined && clock.now() < known.untilMs) return known.credential
    const credential = parseCredential(request.exec, await runExecPlugin(clock, pluginRun(request)))
    const { expiresAtMs } = credential
    const untilMs = expiresAtMs === undefined ? Number.POSITIVE_INFINITY : expiresAtMs
    kept.set(key, { credential, untilMs: untilMs > clock.now() ? untilMs : clock.now() + shortestLifeMs })
    return credential
  }
}

function pluginRun({ exec, file, cluster, ca, env, interactive }: ExecRequest) {
  const mode = exec.interactiveMode ?? 'IfAvailable'
  if (mode === 'Always' && !interactive)
    throw pluginError(exec, 'wants a terminal (interactiveMode Always) and there is none; use credentials that need no person')
  const mayAsk = interactive && mode !== 'Never'
  const info = {
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: mayAsk, ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster, ca) } : {}) },
  }
  const added = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]))
  return {
    exec,
    command: /[\\/]/.test(exec.command) && !isAbsolute(exec.command) ? resolve(dirname(file), exec.command) : exec.command,
    env: { ...env, ...added, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdio: mayAsk ? ('Terminal' as const) : ('None' as const),
  }
}

function clusterInfo(cluster: ClusterEntry, ca: string | undefined) {
  const extension = cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': ca === undefined ? undefined : Buffer.from(ca).toString('base64'),
    'proxy-url': cluster['proxy-url'],
    config: extension,
  }
}

function parseCredential(exec: ExecEntry, output: string): ExecCredential {
  const parsed = execCredential.safeParse(parseJson(exec, output))
  if (!parsed.success) {
    const { path, message } = firstIssue(parsed.error)
    throw pluginError(exec, `printed no valid ExecCredential: ${path === '' ? '' : `field ${path}: `}${message}`)
  }
  const { apiVersion, status } = parsed.data
  if (apiVersion !== exec.apiVersion)
    throw pluginError(
      exec,
      `answered in ${apiVersion} and the kubeconfig says ${exec.apiVersion}; set exec.apiVersion to what the plugin speaks`,
    )
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status
  if ((cert === undefined) !== (key === undefined)) throw pluginError(exec, 'printed only one of clientCertificateData and clientKeyData')
  if (token === undefined && cert === undefined) throw pluginError(exec, 'printed neither a token nor a client certificate')
  const expiresAtMs = expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp)
  if (Number.isNaN(expiresAtMs)) throw pluginError(exec, 'printed a status.expirationTimestamp that is no RFC 3339 time')
  return {
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  }
}

function parseJson(exec: ExecEntry, output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    throw pluginError(exec, 'printed no JSON on standard output')
  }
}

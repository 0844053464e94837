import { createSecureContext } from 'node:tls'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { Clock } from './clock.ts'
import type { ClusterAccess, Credentials, ProxyRoute } from './cluster-access.ts'
import { cacheCredentials } from './credential-cache.ts'
import { kubeConfigError } from './kube-config-error.ts'
import { type ChosenContext, type KubeConfigFiles, readContext } from './kube-config-file.ts'
import { createUserCredentials } from './kube-config-user.ts'
import { chooseProxy } from './proxy-choice.ts'
import { serverUrl } from './server-url.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface ContextAccessOptions {
  readonly files: KubeConfigFiles
  readonly context?: string
  readonly master?: string
  readonly env: Env
  readonly clock: Clock
  readonly interactive: boolean
}

/**
 * Access by a context of kubeconfig files. The context stays the one chosen at the start, also when `current-context` changes;
 * the files are read again for new credentials.
 */
export async function loadContextAccess(options: ContextAccessOptions): Promise<ClusterAccess> {
  const { files, env, clock, interactive } = options
  const chosen = await readContext(files, options.context)
  const userCredentials = createUserCredentials({ env, clock, interactive })
  const { credentials, renew } = cacheCredentials(clock, async (how) => userCredentials(await readContext(files, chosen.context), how))
  requireUsable(chosen, await credentials())
  const server = options.master === undefined ? serverOf(chosen) : masterUrl(options.master, chosen)
  const { 'tls-server-name': tlsServerName = '', 'insecure-skip-tls-verify': skip } = chosen.cluster
  return {
    server,
    source: `context ${JSON.stringify(chosen.context)} of ${chosen.file}`,
    namespace: chosen.namespace,
    ...(tlsServerName === '' ? {} : { tlsServerName }),
    tlsVerify: skip === true ? 'Skip' : 'Verify',
    proxy: proxyOf(chosen, server, env),
    credentials,
    renew,
  }
}

/** Access to an address and nothing else: for a proxy such as `kubectl proxy` that adds the credentials. */
export function anonymousAccess(master: string, env: Env): ClusterAccess {
  const server = masterUrl(master)
  const nobody: Credentials = { headers: {} }
  return {
    server,
    source: '--master without credentials',
    namespace: 'default',
    tlsVerify: 'Verify',
    proxy: chooseProxy(server, undefined, env),
    credentials: async () => nobody,
    renew: async () => nobody,
  }
}

function masterUrl(master: string, chosen?: ChosenContext): string {
  const url = serverUrl(master, chosen !== undefined && usesTls(chosen) ? 'Configured' : 'None')
  if (url === undefined)
    throw new FalkirkError('FK_KUBECONFIG', '--master is no http or https address of a server, e.g. https://10.0.0.1:6443')
  return url
}

function serverOf(chosen: ChosenContext): string {
  const url = serverUrl(chosen.cluster.server, usesTls(chosen) ? 'Configured' : 'None')
  if (url === undefined) throw clusterError(chosen, 'server', 'is no http or https address of a server, e.g. https://10.0.0.1:6443')
  return url
}

function usesTls({ cluster, user }: ChosenContext): boolean {
  const fields = [
    cluster['certificate-authority'],
    cluster['certificate-authority-data'],
    user['client-certificate'],
    user['client-certificate-data'],
  ]
  return cluster['insecure-skip-tls-verify'] === true || fields.some((field) => field !== undefined && field !== '')
}

function proxyOf(chosen: ChosenContext, server: string, env: Env): ProxyRoute {
  try {
    return chooseProxy(server, chosen.cluster['proxy-url'], env)
  } catch (error) {
    // The text is not quoted: it may hold a password.
    const problem = error instanceof TypeError && error.message.startsWith('proxies') ? error.message : 'is no URL'
    if (chosen.cluster['proxy-url']) throw clusterError(chosen, 'proxy-url', problem)
    throw new FalkirkError('FK_KUBECONFIG', `the variable HTTPS_PROXY or HTTP_PROXY: ${problem}`)
  }
}

function clusterError({ clusterFile: file, context, clusterName }: ChosenContext, field: string, problem: string) {
  return kubeConfigError({ file, context, entry: `cluster ${JSON.stringify(clusterName)}`, field }, problem)
}

/** A key that does not belong to its certificate would otherwise show only as a connection that fails. */
function requireUsable(chosen: ChosenContext, { ca, clientCertificate }: Credentials): void {
  try {
    createSecureContext({ ...(ca === undefined ? {} : { ca }), ...clientCertificate })
  } catch (error) {
    const { userFile: file, context, userName } = chosen
    const problem = error instanceof Error ? error.message : String(error)
    throw kubeConfigError(
      { file, context, entry: `user ${JSON.stringify(userName)}` },
      `certificate, key or authority cannot be used: ${problem}`,
      error,
    )
  }
}

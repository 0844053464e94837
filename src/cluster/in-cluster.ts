import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { Clock } from './clock.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { cacheCredentials, type LoadCredentials } from './credential-cache.ts'
import { fileProblem } from './file-problem.ts'
import { chooseProxy } from './proxy-choice.ts'
import { serverUrl } from './server-url.ts'

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Where the kubelet puts token, ca.crt and namespace. */
  readonly folder: string
  /** Address to use instead of that of the `kubernetes` Service. */
  readonly master?: string
}

/** The folder in every pod that has a service account's token. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Tokens of pods live an hour and are replaced in time; a minute's age is what client-go allows. */
const rereadMs = 60_000

/**
 * Access as a pod has it: address from the environment, token and CA from files that the kubelet keeps current.
 * Throws FK_KUBECONFIG when a file is missing. Source: Kubernetes "Accessing the Kubernetes API from a Pod".
 */
export async function loadInCluster({ env, clock, folder, master }: InClusterOptions): Promise<ClusterAccess> {
  const load: LoadCredentials = async () => {
    const [token, ca] = await Promise.all([readMounted(folder, 'token'), readMounted(folder, 'ca.crt')])
    return { credentials: { headers: { Authorization: `Bearer ${token.trim()}` }, ca }, validUntilMs: clock.now() + rereadMs }
  }
  const { credentials, renew } = cacheCredentials(clock, load)
  await credentials()
  const server = master === undefined ? serviceAddress(env) : masterAddress(master)
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '')
  return {
    server,
    ...(master === undefined ? { inCluster: true } : {}),
    source: "the pod's service account",
    namespace: namespace.trim() || 'default',
    tlsVerify: 'Verify',
    proxy: chooseProxy(server, undefined, env),
    credentials,
    renew,
  }
}

/** Whether this process runs in a pod, by the variables the kubelet sets. */
export function isInCluster(env: InClusterOptions['env']): boolean {
  return Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT)
}

function serviceAddress({ KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' }: InClusterOptions['env']): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function masterAddress(master: string): string {
  const url = serverUrl(master, 'Configured')
  if (url === undefined)
    throw new FalkirkError('FK_KUBECONFIG', '--master is no http or https address of a server, e.g. https://10.0.0.1:6443')
  return url
}

async function readMounted(folder: string, name: string): Promise<string> {
  const file = join(folder, name)
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (error) {
    throw mountError(file, fileProblem(error), error)
  }
  if (content.trim() === '') throw mountError(file, 'is empty')
  return content
}

function mountError(file: string, problem: string, cause?: unknown): FalkirkError {
  const message = `service account file ${file} ${problem}: check serviceAccountName and automountServiceAccountToken of the pod`
  return new FalkirkError('FK_KUBECONFIG', message, { cause })
}

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type AuthProvider, createAuthProvider } from './auth-provider.ts'
import type { Clock } from './clock.ts'
import type { Credentials } from './cluster-access.ts'
import type { LoadedCredentials } from './credential-cache.ts'
import { createExecCredentials } from './exec-credentials.ts'
import { fileProblem } from './file-problem.ts'
import { kubeConfigError } from './kube-config-error.ts'
import type { ChosenContext } from './kube-config-file.ts'
import type { AuthProviderEntry, ClusterEntry, UserEntry } from './kube-config-schema.ts'

export interface UserCredentialsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly interactive: boolean
}

/** How a user of a kubeconfig proves who it is, each in its own way, together: what a request carries. */
interface Proof {
  readonly authorization?: string
  readonly clientCertificate?: { readonly cert: string; readonly key: string }
  readonly expiresAtMs?: number
}

/** Files that a kubeconfig names may be replaced at any time. */
const rereadMs = 30_000

/** Makes credentials of a context's user; keeps what exec plugins and auth-providers have given between the calls. */
export function createUserCredentials({ env, clock, interactive }: UserCredentialsOptions) {
  const execCredentials = createExecCredentials(clock)
  const providers = new Map<string, AuthProvider>()

  async function prove(chosen: ChosenContext, ca: string | undefined, how: 'Cached' | 'Fresh'): Promise<Proof> {
    const { user, userFile: file, cluster } = chosen
    const token = await tokenOf(chosen)
    if (token !== undefined) return { authorization: `Bearer ${token}` }
    if (user.exec) {
      const given = await execCredentials({ exec: user.exec, file, cluster, ca, env, interactive }, how)
      return { ...given, ...(given.token === undefined ? {} : { authorization: `Bearer ${requireToken(given.token, chosen, 'exec')}` }) }
    }
    if (user['auth-provider']) return { authorization: await providerOf(user['auth-provider'])() }
    if (user.username) return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` }
    return {}
  }

  function providerOf(entry: AuthProviderEntry): AuthProvider {
    const key = JSON.stringify(entry)
    const known = providers.get(key) ?? createAuthProvider(entry)
    providers.set(key, known)
    return known
  }

  return async (chosen: ChosenContext, how: 'Cached' | 'Fresh'): Promise<LoadedCredentials> => {
    const ca = await authorityOf(chosen)
    const [proof, ownCertificate] = await Promise.all([prove(chosen, ca, how), certificateOf(chosen)])
    const clientCertificate = proof.clientCertificate ?? ownCertificate
    const credentials: Credentials = {
      headers: { ...(proof.authorization === undefined ? {} : { Authorization: proof.authorization }), ...impersonation(chosen.user) },
      ...(clientCertificate === undefined ? {} : { clientCertificate }),
      ...(ca === undefined ? {} : { ca }),
    }
    const rereadAtMs = clock.now() + rereadMs
    const expiresAtMs = proof.expiresAtMs ?? rereadAtMs
    return { credentials, validUntilMs: expiresAtMs > clock.now() ? Math.min(rereadAtMs, expiresAtMs) : rereadAtMs }
  }
}

async function tokenOf(chosen: ChosenContext): Promise<string | undefined> {
  const { token, tokenFile } = chosen.user
  if (tokenFile) return requireToken((await readNamed(chosen, 'user', 'tokenFile', tokenFile)).trim(), chosen, 'tokenFile')
  return token ? requireToken(token.trim(), chosen, 'token') : undefined
}

/** Anything else would be refused by the HTTP client in words that nobody understands. */
function requireToken(token: string, chosen: ChosenContext, field: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw kubeConfigError({ ...place(chosen, 'user'), field }, token === '' ? 'is empty' : 'holds characters that no token has')
}

async function authorityOf(chosen: ChosenContext): Promise<string | undefined> {
  const ca = await pemOf(chosen, 'cluster', 'certificate-authority')
  if (ca !== undefined && chosen.cluster['insecure-skip-tls-verify'] === true) {
    throw kubeConfigError(
      { ...place(chosen, 'cluster'), field: 'insecure-skip-tls-verify' },
      'contradicts certificate-authority; remove one of them',
    )
  }
  return ca
}

async function certificateOf(chosen: ChosenContext): Promise<Proof['clientCertificate']> {
  const [cert, key] = await Promise.all([pemOf(chosen, 'user', 'client-certificate'), pemOf(chosen, 'user', 'client-key')])
  if (cert === undefined && key === undefined) return undefined
  if (cert !== undefined && key !== undefined) return { cert, key }
  const [present, missing] = cert === undefined ? ['client-key', 'client-certificate'] : ['client-certificate', 'client-key']
  throw kubeConfigError({ ...place(chosen, 'user'), field: present }, `needs ${missing} as well`)
}

type PemField = 'certificate-authority' | 'client-certificate' | 'client-key'

/** The `-data` field counts before the file, as kubectl has it. */
async function pemOf(chosen: ChosenContext, entry: 'cluster' | 'user', field: PemField): Promise<string | undefined> {
  const fields: Partial<Record<PemField | `${PemField}-data`, string | undefined>> =
    entry === 'cluster' ? pemFields(chosen.cluster) : chosen.user
  const data = fields[`${field}-data`]
  if (data) return requirePem(Buffer.from(data, 'base64').toString('utf8'), chosen, entry, `${field}-data`)
  const file = fields[field]
  return file ? requirePem(await readNamed(chosen, entry, field, file), chosen, entry, field) : undefined
}

function pemFields(cluster: ClusterEntry) {
  return { 'certificate-authority': cluster['certificate-authority'], 'certificate-authority-data': cluster['certificate-authority-data'] }
}

function requirePem(pem: string, chosen: ChosenContext, entry: 'cluster' | 'user', field: string): string {
  if (pem.includes('-----BEGIN ')) return pem
  throw kubeConfigError(
    { ...place(chosen, entry), field },
    field.endsWith('-data') ? 'is no base64 of a PEM block' : 'names a file without a PEM block',
  )
}

async function readNamed(chosen: ChosenContext, entry: 'cluster' | 'user', field: string, file: string): Promise<string> {
  const at = place(chosen, entry)
  const path = resolve(dirname(at.file), file)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw kubeConfigError({ ...at, field }, `${path} ${fileProblem(error)}`, error)
  }
}

function place(chosen: ChosenContext, entry: 'cluster' | 'user') {
  const name = entry === 'cluster' ? chosen.clusterName : chosen.userName
  return {
    file: entry === 'cluster' ? chosen.clusterFile : chosen.userFile,
    context: chosen.context,
    entry: `${entry} ${JSON.stringify(name)}`,
  }
}

/** Source: Kubernetes "Authenticating", user impersonation. */
function impersonation(user: UserEntry): Credentials['headers'] {
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values])
  return {
    ...(user.as ? { 'Impersonate-User': user.as } : {}),
    ...(user['as-uid'] ? { 'Impersonate-Uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'Impersonate-Group': user['as-groups'] } : {}),
    ...Object.fromEntries(extra),
  }
}

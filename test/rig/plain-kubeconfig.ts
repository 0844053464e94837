import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

/** What is needed to reach one API server as one user. */
export interface PlainKubeconfig {
  /** `https://host:port`, without a path. */
  readonly server: string
  /** PEM; without it the server's certificate is not checked. */
  readonly ca?: string
  readonly token?: string
  /** PEM of a client certificate. */
  readonly cert?: string
  readonly key?: string
}

interface RawKubeconfig {
  'current-context': string
  contexts: { name: string; context: { cluster: string; user: string } }[]
  clusters: {
    name: string
    cluster: {
      server: string
      'certificate-authority-data'?: string
      'certificate-authority'?: string
      'insecure-skip-tls-verify'?: boolean
    }
  }[]
  users: { name: string; user: Record<string, string | undefined> }[]
}

/** The file's text for one cluster, one user and one context. */
export function kubeconfigText(config: PlainKubeconfig, user: string): string {
  const cluster =
    config.ca === undefined
      ? { server: config.server, 'insecure-skip-tls-verify': true }
      : { server: config.server, 'certificate-authority-data': base64(config.ca) }
  const credentials = {
    ...(config.token === undefined ? {} : { token: config.token }),
    ...(config.cert === undefined ? {} : { 'client-certificate-data': base64(config.cert) }),
    ...(config.key === undefined ? {} : { 'client-key-data': base64(config.key) }),
  }
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'rig',
    clusters: [{ name: 'rig', cluster }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user } }],
  })
}

/** Reads the current context of a kubeconfig with a token or a client certificate; exec plugins and proxies are not read. */
export function readKubeconfig(file: string): PlainKubeconfig {
  const raw = parse(readFileSync(file, 'utf8')) as RawKubeconfig
  const context = named(raw.contexts, raw['current-context']).context
  const cluster = named(raw.clusters, context.cluster).cluster
  const user = named(raw.users, context.user).user
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority'])
  const cert = pem(user['client-certificate-data'], user['client-certificate'])
  const key = pem(user['client-key-data'], user['client-key'])
  return {
    server: cluster.server.replace(/\/$/, ''),
    ...(ca === undefined || cluster['insecure-skip-tls-verify'] ? {} : { ca }),
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

function named<T extends { name: string }>(list: T[], name: string): T {
  const found = list.find((entry) => entry.name === name)
  if (found === undefined) throw new Error(`the kubeconfig has no entry named ${name}`)
  return found
}

function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  return file === undefined ? undefined : readFileSync(file, 'utf8')
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

import { pathNotFound } from './refusal-answer.ts'
import type { ServerParts } from './server-parts.ts'
import type { TwinRequest, TwinResponse } from './twin-request.ts'

const text = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

/** Paths that are no resources: health, version. */
export function otherPath({ path, query }: TwinRequest, parts: ServerParts): TwinResponse {
  const [, first = '', ...rest] = path.split('/')
  if (['healthz', 'livez', 'readyz'].includes(first)) {
    const whole = rest.length === 0 && query.has('verbose')
    return { kind: 'Bytes', status: 200, headers: text, body: whole ? `[+]ping ok\n[+]etcd ok\n${first} check passed\n` : 'ok' }
  }
  if (path === '/version' || path === '/version/') return { kind: 'Object', status: 200, object: versionOf(parts.gitVersion), as: 'Json' }
  return pathNotFound
}

/** Source: Kubernetes, apimachinery version.Info. */
function versionOf(gitVersion: string) {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

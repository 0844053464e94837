import { goJsonProblem } from '../go-json-problem.ts'
import { badRequest } from '../status-error.ts'

/** Where a list goes on: after the key `start` of the state at version `rv` (-1: the state of now). */
export interface ContinueToken {
  readonly resourceVersion: number
  /** The last key that was given: `NAMESPACE/NAME`, or the name alone where the list is of one namespace. */
  readonly after: string
}

const tokenVersion = 'meta.k8s.io/v1'
/** The next key that there can be. */
const justAfter = '\u0000'

/** As the real server writes it. Source: Kubernetes, apiserver storage/etcd3. */
export function encodeContinue({ resourceVersion, after }: ContinueToken): string {
  const text = JSON.stringify({ v: tokenVersion, rv: resourceVersion, start: after + justAfter })
  return Buffer.from(text, 'utf8').toString('base64url')
}

/** Throws 400. */
export function decodeContinue(token: string): ContinueToken {
  if (!/^[A-Za-z0-9_-]*$/.test(token) || token.length % 4 === 1) throw invalidToken('illegal base64 data at input byte 0')
  const text = Buffer.from(token, 'base64url').toString('utf8')
  const problem = goJsonProblem(text)
  if (problem !== undefined) throw invalidToken(problem)
  const { v, rv, start } = (JSON.parse(text) ?? {}) as { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown }
  if (v !== tokenVersion) throw invalidToken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw invalidToken(`incorrect encoded start resourceVersion (version ${tokenVersion})`)
  }
  if (typeof start !== 'string' || start === '') throw invalidToken(`encoded start key empty (version ${tokenVersion})`)
  return { resourceVersion: rv, after: start.endsWith(justAfter) ? start.slice(0, -1) : start }
}

function invalidToken(why: string) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

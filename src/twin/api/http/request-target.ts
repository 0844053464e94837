import { badRequest } from '../status-error.ts'

/** What a path names: a part of the API's resources, or something else (`/version`). */
export type RequestTarget = ResourceTarget | { readonly kind: 'Other' }

export interface ResourceTarget {
  readonly kind: 'Resource'
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name?: string
  /** What comes after the name, `log` or `proxy/some/path`. */
  readonly subresource?: string
  /** By the old `/watch/` paths. */
  readonly watch: boolean
}

/** Of a namespace object itself, not of what is in it. */
const namespaceSubresources = new Set(['status', 'finalize'])

/** Reads a path such as `/apis/apps/v1/namespaces/NS/deployments/NAME/scale`. Throws 400 when it is not well encoded. */
export function requestTarget(path: string): RequestTarget {
  const [root, ...parts] = decoded(path)
  if (root === 'api') return resourceTarget('', parts)
  if (root !== 'apis') return { kind: 'Other' }
  const [group = '', ...rest] = parts
  return resourceTarget(group, rest)
}

function decoded(path: string): readonly string[] {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
  } catch {
    throw badRequest(`the path ${path} is not percent-encoded as it should be`)
  }
}

function resourceTarget(group: string, [version, ...parts]: readonly string[]): RequestTarget {
  const watch = parts[0] === 'watch'
  const [first, second, third, ...rest] = watch ? parts.slice(1) : parts
  if (version === undefined || first === undefined) return { kind: 'Other' }
  if (first !== 'namespaces' || second === undefined || third === undefined || (group === '' && namespaceSubresources.has(third))) {
    return { kind: 'Resource', group, version, watch, plural: first, ...named(second, third === undefined ? [] : [third, ...rest]) }
  }
  const [name, ...below] = rest
  return { kind: 'Resource', group, version, watch, plural: third, namespace: second, ...named(name, below) }
}

function named(name: string | undefined, below: readonly string[]): { name?: string; subresource?: string } {
  if (name === undefined) return {}
  return below.length === 0 ? { name } : { name, subresource: below.join('/') }
}

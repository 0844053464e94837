import type { ResourceTarget } from './request-target.ts'

/** What a request does to a resource, in the words of authorization and discovery. Source: Kubernetes, Authorization overview. */
export function verbOf(
  method: string,
  { name, subresource, watch }: Pick<ResourceTarget, 'name' | 'subresource' | 'watch'>,
  query: URLSearchParams,
): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (watch || (subresource === undefined && isSet(query.get('watch')))) return 'watch'
      return name === undefined ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete'
    default:
      return method.toLowerCase()
  }
}

function isSet(text: string | null): boolean {
  return text !== null && !['false', '0'].includes(text)
}

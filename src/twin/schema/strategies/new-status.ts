import type { ResourceStrategy } from '../../api/resource-strategy.ts'

/**
 * How an object of a kind begins: with this status, whatever the client has sent. Updates leave the status to the `status` subresource,
 * for which the registry sees.
 */
export function startsWith(status: Readonly<Record<string, unknown>>): NonNullable<ResourceStrategy['prepare']> {
  return (next, old) => (old === undefined ? { ...next, status } : next)
}

import { createApiClient } from '../../src/cluster/api-client.ts'
import type { Clock } from '../../src/cluster/clock.ts'
import type { ServerCapabilities } from '../../src/cluster/server-capabilities.ts'
import { accessTo, openTransport } from './access.ts'
import { type Answer, startServer } from './http-server.ts'

/** What a server of the newest minor can do. */
export const newest: ServerCapabilities = {
  gitVersion: 'v1.37.0',
  major: 1,
  minor: 37,
  crdVersion: 'v1',
  serverSideApply: true,
  watchBookmarks: true,
  policyVersion: 'v1',
  evictionVersion: 'v1',
  leaseVersion: 'v1',
  ttlAfterFinished: true,
  jobReadyCount: true,
}

/** What a server of the oldest minor can do. */
export const oldest: ServerCapabilities = {
  ...newest,
  gitVersion: 'v1.14.10',
  minor: 14,
  crdVersion: 'v1beta1',
  serverSideApply: false,
  watchBookmarks: false,
  policyVersion: 'v1beta1',
  evictionVersion: 'v1beta1',
  ttlAfterFinished: false,
  jobReadyCount: false,
}

/** A client of a server that answers as told. */
export async function clientOf(answer: Answer, capabilities: ServerCapabilities = newest, clock?: Clock) {
  const server = await startServer(answer)
  const timing = clock === undefined ? {} : { clock }
  const transport = openTransport(accessTo(server.url), timing)
  return { server, transport, client: createApiClient(transport, capabilities, timing) }
}

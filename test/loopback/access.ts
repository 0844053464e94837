import { onTestFinished } from 'vitest'
import type { ClusterAccess, Credentials } from '../../src/cluster/cluster-access.ts'
import { createTransport, type TransportOptions } from '../../src/cluster/https-transport.ts'

/** Access to a loopback server with credentials that never change. */
export function accessTo(server: string, credentials: Partial<Credentials> = {}, rest: Partial<ClusterAccess> = {}): ClusterAccess {
  const fixed: Credentials = { headers: {}, ...credentials }
  return {
    server,
    source: 'context "test"',
    namespace: 'default',
    tlsVerify: 'Verify',
    proxy: { kind: 'None' },
    credentials: async () => fixed,
    renew: async () => fixed,
    ...rest,
  }
}

/** A transport that is closed with the test. */
export function openTransport(access: ClusterAccess, options: TransportOptions = {}) {
  const transport = createTransport(access, options)
  onTestFinished(() => transport.close())
  return transport
}

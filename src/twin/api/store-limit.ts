import { Buffer } from 'node:buffer'
import type { KubeObject } from '../kube-object.ts'
import { StatusError } from './status-error.ts'

/** Source: etcd, --max-request-bytes. */
const mostStoredBytes = 1_572_864
/** What a client of etcd does not even send. Source: etcd clientv3, defaultMaxCallSendMsgSize. */
const mostSentBytes = 2_097_152

/** Refuses what etcd would not take, reckoned as JSON. Throws 500, as the API server passes the error on without knowing it. */
export function refuseTooLarge(object: KubeObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(object))
  if (bytes <= mostStoredBytes) return
  if (bytes <= mostSentBytes) throw new StatusError(500, '', 'etcdserver: request is too large')
  throw new StatusError(
    500,
    '',
    `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${bytes} vs. ${mostSentBytes})`,
  )
}

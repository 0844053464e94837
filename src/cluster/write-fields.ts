import type { RequestOptions, WriteOptions } from './api-client.ts'
import type { ApiRequest } from './transport.ts'

/** The part of a request that comes from the options every verb has. */
export function requestFields({ signal, timeoutMs }: RequestOptions = {}): Pick<ApiRequest, 'signal' | 'timeoutMs'> {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

/** The same for verbs that change something: who does it, and whether it is only a rehearsal. */
export function writeFields(options: WriteOptions = {}): Pick<ApiRequest, 'signal' | 'timeoutMs' | 'query'> {
  const { dryRun = false, fieldManager = 'falkirk' } = options
  return { ...requestFields(options), query: { fieldManager, dryRun: dryRun ? 'All' : undefined } }
}

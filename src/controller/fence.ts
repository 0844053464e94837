import { type ApiClient, createApiClient } from '../cluster/api-client.ts'
import type { EventRecorder } from '../cluster/event-recorder.ts'
import type { ApiTransport } from '../cluster/transport.ts'
import { FalkirkError } from '../core/falkirk-error.ts'

/**
 * A client that changes nothing while `isLeader` says no. A process that was paused for longer than its lease (SIGSTOP, a suspended virtual
 * machine) wakes up in the middle of a list of actions and does not know yet that another leads: the lease is looked at before each write.
 * A write that is refused here rejects with FK_LEASE_LOST.
 */
export function fencedClient(client: ApiClient, isLeader: () => boolean): ApiClient {
  const { transport, capabilities, clock } = client
  const fenced: ApiTransport = {
    stream: (request) => transport.stream(request),
    json: async (request) => {
      if (request.method === 'GET' || isLeader()) return transport.json(request)
      throw new FalkirkError('FK_LEASE_LOST', `${request.method} ${request.path} is held back: the lease may be another's by now`, {
        retry: 'backoff',
      })
    },
  }
  return createApiClient(fenced, capabilities, { clock })
}

/** Events that are told only while `isLeader` says yes: what a former leader has to say is out of date. */
export function fencedEvents(events: EventRecorder, isLeader: () => boolean): EventRecorder {
  return {
    record: (input) => {
      if (isLeader()) events.record(input)
    },
    flush: () => events.flush(),
    stop: () => events.stop(),
    dropped: () => events.dropped(),
  }
}

import { VirtualClock } from '../../../cluster/virtual-clock.ts'
import { ObjectStore } from '../../store/object-store.ts'
import { seededRandom } from '../../time/seeded-random.ts'
import { createTwinApi, type TwinApiOptions } from '../twin-api.ts'

/** When all tests of the server begin. */
const startMs = Date.parse('2026-11-21T10:00:00Z')

/** An API server with the namespaces `default` and `kube-system`, a clock that stands, and the same UIDs every time. */
export async function smallServer(options: Partial<TwinApiOptions> & { readonly historyLimit?: number } = {}) {
  const { historyLimit, gitVersion = 'v1.20.2', ...others } = options
  const clock = new VirtualClock({ startMs })
  const store = new ObjectStore(historyLimit === undefined ? {} : { historyLimit })
  const random = seededRandom(1)
  const defects: unknown[] = []
  const api = createTwinApi({
    store,
    clock,
    random,
    gitVersion,
    onDefect: (error) => defects.push(error),
    ...others,
  })
  for (const name of ['default', 'kube-system']) await api.client.create('namespaces', { metadata: { name } })
  return { ...api, clock, store, defects }
}

/** A pod that is accepted, and on a node when one is named. */
export function podNamed(name: string, nodeName?: string, labels: Readonly<Record<string, string>> = { app: 'web' }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { ...(nodeName === undefined ? {} : { nodeName }), containers: [{ name: 'c', image: 'i:1' }] },
  }
}

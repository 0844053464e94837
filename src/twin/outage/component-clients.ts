import type { Clock } from '../../cluster/clock.ts'
import type { RequestFaults } from '../api/http/request-faults.ts'
import { as, type KubeObject } from '../kube-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { TwinClient } from '../twin-client.ts'
import { FaultyClient, type FaultyClientOptions } from './faulty-client.ts'

type UserOf = FaultyClientOptions['userOf']

/** How each component of a cluster writes. */
export interface ComponentClients {
  readonly controllers: TwinClient
  readonly scheduler: TwinClient
  readonly kubelets: TwinClient
}

/** Clients that meet faults under the names of the components; all the same one where there are no faults. */
export function componentClients(client: TwinClient, faults: RequestFaults | undefined, clock: Clock): ComponentClients {
  if (faults === undefined) return { controllers: client, scheduler: client, kubelets: client }
  const named = (userOf: UserOf) => new FaultyClient({ client, faults, clock, userOf })
  return {
    controllers: named(componentUser('kube-controller-manager')),
    scheduler: named(componentUser('kube-scheduler')),
    kubelets: named(kubeletUser(client.store)),
  }
}

const groups = ['system:authenticated']

function componentUser(name: string): UserOf {
  const user = { username: `system:${name}`, groups }
  return () => user
}

/** The kubelet whose node, lease or pod it is. */
function kubeletUser(store: ObjectStore): UserOf {
  return (resource, { namespace, name }) => {
    const pod = resource === 'pods' ? store.get('pods', namespace, name) : undefined
    const node = pod === undefined ? name : (as<{ spec?: { nodeName?: string } } & KubeObject>(pod).spec?.nodeName ?? '')
    return { username: `system:node:${node}`, groups: ['system:nodes', ...groups] }
  }
}

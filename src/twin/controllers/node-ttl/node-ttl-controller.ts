import type { Controller, Wake } from '../../control-loop/controller.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { Change } from '../../store/object-store.ts'
import type { TwinClient } from '../../twin-client.ts'
import { secretTtlSeconds } from './secret-ttl.ts'

const annotation = 'node.alpha.kubernetes.io/ttl'

/** Tells kubelets how long they may use what they have read of a Secret or a ConfigMap. Source: Kubernetes, ttl controller. */
export class NodeTtlController implements Controller {
  readonly name = 'ttl-controller'
  readonly watches = [{ resource: 'nodes', keysOf: (change: Change) => this.#keysOf(change) }]
  readonly #client: TwinClient
  #seconds = 0

  constructor(client: TwinClient) {
    this.#client = client
  }

  async reconcile(name: string): Promise<Wake | undefined> {
    const node = this.#client.store.get('nodes', undefined, name)
    if (node !== undefined && !this.#isTold(node)) await this.#client.change('nodes', { name }, (current) => this.#told(current))
    return undefined
  }

  /** A node that is told nothing new is left alone: most changes of nodes are heartbeats. */
  #keysOf({ kind, object }: Change): readonly string[] {
    this.#seconds = secretTtlSeconds(this.#client.store.count('nodes'), this.#seconds)
    return kind === 'Deleted' || this.#isTold(object) ? [] : [object.metadata.name]
  }

  #isTold({ metadata }: KubeObject): boolean {
    return metadata.annotations?.[annotation] === String(this.#seconds)
  }

  #told(node: KubeObject): KubeObject {
    const annotations = { ...node.metadata.annotations, [annotation]: String(this.#seconds) }
    return { ...node, metadata: { ...node.metadata, annotations } }
  }
}

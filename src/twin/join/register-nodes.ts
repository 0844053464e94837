import type { ApiClient } from '../../cluster/api-client.ts'
import { isAlreadyExists } from '../../cluster/api-error.ts'
import { listAll } from '../../cluster/list-all.ts'
import { nodes } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import type { Machine } from '../machine/machine.ts'
import { eachOf } from './each-of.ts'
import { freeNodeNames } from './node-names.ts'

interface Registration {
  readonly client: ApiClient
  readonly fleet: KubeletFleet
  /** Names of the nodes that have been registered; grows. */
  readonly ours: Set<string>
  readonly count: number
}

/** Registers `count` nodes, each under the next name that is free, also when somebody else takes one meanwhile. */
export async function registerNodes(
  { client, fleet, ours, count }: Registration,
  machineOf: (name: string, number: number) => Machine,
): Promise<void> {
  const taken = await listAll<string>(client.transport, nodes, { trim: (node) => (node as KubeObject).metadata.name })
  const names = freeNodeNames(new Set(taken.items))
  const registerOne = async (number: number): Promise<void> => {
    const { value: name } = names.next()
    try {
      await fleet.addNode(machineOf(name, number))
      ours.add(name)
    } catch (error) {
      fleet.removeNode(name)
      if (!isAlreadyExists(error)) throw error
      await registerOne(number)
    }
  }
  const numbers = Array.from({ length: count }, (_, number) => number)
  await eachOf(numbers, registerOne)
}

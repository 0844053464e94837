import { z } from 'zod'
import type { NodeMachine } from './check-host.ts'
import type { NodeAddress } from './merge-inventory.ts'

/** A kubelet reports it, and may report anything. */
const id = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .catch('')
const Address = z.object({ type: z.string(), address: z.string().regex(/^[\w.:%-]{1,253}$/) })
const RawNode = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      addresses: z.array(Address).catch([]),
      nodeInfo: z.object({ machineID: id, bootID: id }).catch({ machineID: '', bootID: '' }),
    })
    .catch({ addresses: [], nodeInfo: { machineID: '', bootID: '' } }),
})

/** Trims a Node as the API gives it to where it is and which machine it is. */
export function nodeMachine(object: unknown): NodeMachine & NodeAddress {
  const { metadata, status } = RawNode.parse(object)
  const { machineID, bootID } = status.nodeInfo
  const address = status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? ''
  return { name: metadata.name, address, machineId: machineID, bootId: bootID }
}

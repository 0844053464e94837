import { expect, it } from 'vitest'
import type { ApiTransport } from '../../cluster/transport.ts'
import { warnOfOneMember } from './own-way.ts'

function node(name: string, address: string, role: string): object {
  const labels = role === '' ? {} : { [`node-role.kubernetes.io/${role}`]: '' }
  return { metadata: { name, labels }, status: { addresses: [{ type: 'InternalIP', address }] } }
}

const three = [node('cp1', '10.0.0.1', 'master'), node('cp2', '10.0.0.2', 'control-plane'), node('w1', '10.0.0.3', '')]

it.each([
  { server: 'https://10.0.0.2:6443', items: three, says: [expect.stringMatching(/^the kubeconfig leads to the API server of cp2 alone/)] },
  { server: 'https://10.0.0.100:6443', items: three, says: [] },
  { server: undefined, items: three, says: [] },
  { server: 'https://10.0.0.2:6443', items: three.slice(1), says: [] },
])('a command that reaches $items.length nodes by $server says $says', async ({ server, items, says }) => {
  const told: string[] = []
  const transport = { json: async () => ({ metadata: {}, items }) } as unknown as ApiTransport
  await warnOfOneMember({ transport }, server, (message) => told.push(message))
  expect(told).toEqual(says)
})

import type { Node, Pod } from 'kubernetes-types/core/v1'
import { Agent, request } from 'undici'
import type { PodLogs } from '../../src/twin/api/http/server-parts.ts'
import { StatusError } from '../../src/twin/api/status-error.ts'
import { as } from '../../src/twin/kube-object.ts'
import type { ObjectStore } from '../../src/twin/store/object-store.ts'

/** Logs as an API server has them: from the kubelet of the pod's node, at the address and port that the node tells. */
export function kubeletLogs(store: ObjectStore): PodLogs & { close(): Promise<void> } {
  const agent = new Agent({ connect: { rejectUnauthorized: false } })
  return {
    async read(object, { container, tailLines, limitBytes }) {
      const { metadata, spec } = as<Pod>(object)
      const url = new URL(`${kubeletOf(store, spec?.nodeName ?? '')}/containerLogs/${metadata?.namespace}/${metadata?.name}/${container}`)
      if (tailLines !== undefined) url.searchParams.set('tailLines', String(tailLines))
      if (limitBytes !== undefined) url.searchParams.set('limitBytes', String(limitBytes))
      const { statusCode, body } = await request(url, { dispatcher: agent })
      const text = await body.text()
      if (statusCode !== 200) throw new StatusError(400, 'BadRequest', text.trim())
      return text
    },
    close: () => agent.destroy(),
  }
}

function kubeletOf(store: ObjectStore, name: string): string {
  const node = store.get('nodes', undefined, name)
  const { addresses = [], daemonEndpoints } = as<Node>(node ?? {}).status ?? {}
  const address = addresses.find(({ type }) => type === 'InternalIP')?.address
  const port = daemonEndpoints?.kubeletEndpoint?.Port
  if (address === undefined || port === undefined) throw new StatusError(500, 'InternalError', `node ${name} tells no address`)
  return `https://${address}:${port}`
}

import type { VirtualResource } from './api/http/server-parts.ts'
import { StatusError } from './api/status-error.ts'
import type { KubeObject, ObjectMeta } from './kube-object.ts'
import type { ControlPlane } from './machine/control-plane.ts'

/** `componentstatuses`: scheduler, controller manager, and each member of etcd. They are asked when somebody wants to know. */
export function componentStatuses(controlPlane: ControlPlane, minor: () => number): VirtualResource {
  const all = () => statusesOf(Math.max(controlPlane.members.length, 1), minor())
  return {
    list: all,
    get: ({ name }) => {
      const found = all().find(({ metadata }) => metadata.name === name)
      if (found === undefined) throw new StatusError(500, '', `Component not found: ${name}`)
      return found
    },
  }
}

/** What a member of etcd answers; later servers look at it themselves. Source: Kubernetes, registry componentstatus. */
function etcdMessage(minor: number): string {
  if (minor >= 27) return 'ok'
  return minor >= 22 ? '{"health":"true","reason":""}' : '{"health":"true"}'
}

function statusesOf(members: number, minor: number): readonly KubeObject[] {
  const etcd = Array.from({ length: members }, (_, index) => statusOf(`etcd-${index}`, etcdMessage(minor)))
  return [statusOf('controller-manager', 'ok'), ...etcd, statusOf('scheduler', 'ok')]
}

function statusOf(name: string, message: string): KubeObject {
  // no stored object: it has neither a version nor an ID, and was never created
  const metadata = { name, creationTimestamp: null } as unknown as ObjectMeta
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata, conditions: [{ type: 'Healthy', status: 'True', message }] }
}

import type { RequestFaults } from './api/http/request-faults.ts'
import { noFaults } from './api/http/request-faults.ts'
import { StatusError } from './api/status-error.ts'
import type { ControlPlane } from './machine/control-plane.ts'

/**
 * Requests fail while the control plane is not available: without a server that is up every connection breaks, without a majority of etcd
 * every resource is answered with the store's error. What `others` do to requests is looked at after that.
 * Source: etcd, ErrTimeout; kube-apiserver passes it on as an error of no known reason.
 */
export function controlPlaneFaults(controlPlane: ControlPlane, others: RequestFaults = noFaults): RequestFaults {
  return {
    judge: (attributes, user) => {
      const { kind } = controlPlane.availability()
      if (kind === 'NoServer') return { kind: 'Break' }
      if (kind === 'NoQuorum' && attributes.resource !== undefined) {
        return { kind: 'Refuse', error: new StatusError(500, '', 'etcdserver: request timed out') }
      }
      return others.judge(attributes, user)
    },
  }
}

import type { ResourceQuota } from 'kubernetes-types/core/v1'
import type { AdmissionRequest, AdmissionStep } from '../../api/admission.ts'
import { storedAs } from '../../api/resource-type.ts'
import { groupResource, StatusError } from '../../api/status-error.ts'
import { as, type DraftObject } from '../../kube-object.ts'
import { readAmounts } from '../../pod-amounts.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { quotaProblem, unsaidProblem } from './decide-quota.ts'
import { isInScope } from './quota-scope.ts'
import { growthOf, quotaUsage } from './quota-usage.ts'
import { usedOf } from './quota-used.ts'

/**
 * Refuses what does not fit into the quotas of its namespace. What is used is counted anew each time, so two creations in the same moment can
 * both fit. To be asked last. Source: Kubernetes, Resource Quotas.
 */
export function quotaAdmission(store: ObjectStore, minor: () => number): AdmissionStep {
  return {
    name: 'ResourceQuota',
    concerns: ({ subresource, operation }) => subresource === undefined && operation !== 'DELETE',
    validate(request) {
      const { namespace, subresource, operation, object } = request
      if (namespace === undefined || subresource !== undefined || operation === 'DELETE' || object === undefined) return
      if (store.count('resourcequotas') === 0) return
      check({ ...request, namespace, object }, store, minor())
    },
  }
}

interface Write extends AdmissionRequest {
  readonly namespace: string
  readonly object: DraftObject
}

function check({ type, namespace, object, oldObject, name }: Write, store: ObjectStore, minor: number): void {
  const resource = storedAs(type)
  const growth = growthOf(quotaUsage(resource, object), oldObject === undefined ? new Map() : quotaUsage(resource, oldObject))
  if (growth.size === 0) return
  for (const quota of store.list('resourcequotas', namespace)) {
    const { spec = {} } = as<ResourceQuota>(quota)
    if (!isInScope(spec, resource, object)) continue
    const rule = { name: quota.metadata.name, hard: readAmounts(spec.hard ?? {}) }
    const unsaid = resource === 'pods' && oldObject === undefined ? unsaidProblem(rule, object, minor) : undefined
    const why = unsaid ?? quotaProblem({ ...rule, used: usedOf(store, quota, [...growth.keys()]) }, growth)
    if (why !== undefined) throw refusal({ group: type.group, plural: type.plural, name: name || (object.metadata?.name ?? '') }, why)
  }
}

function refusal({ group, plural, name }: { group: string; plural: string; name: string }, why: string): StatusError {
  const details = { name, ...(group === '' ? {} : { group }), kind: plural }
  return new StatusError(403, 'Forbidden', `${groupResource(group, plural)} ${JSON.stringify(name)} is forbidden: ${why}`, details)
}

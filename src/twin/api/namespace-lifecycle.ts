import type { ObjectStore } from '../store/object-store.ts'
import type { AdmissionRequest, AdmissionStep } from './admission.ts'
import { storedAs } from './resource-type.ts'
import { groupResource, notFound, StatusError } from './status-error.ts'

/** Namespaces that nobody may delete. */
const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Refuses what goes to a namespace that is not there or is ending. Source: Kubernetes, admission plugin NamespaceLifecycle. */
export function namespaceLifecycle(store: ObjectStore): AdmissionStep {
  return {
    name: 'NamespaceLifecycle',
    concerns: ({ type, operation }) => (operation === 'DELETE' ? storedAs(type) === 'namespaces' : type.namespaced),
    mutate(request) {
      check(request, store)
      return request.object
    },
  }
}

function check(request: AdmissionRequest, store: ObjectStore): void {
  const { operation, type, namespace, name, subresource } = request
  if (type.group === '' && type.plural === 'namespaces') {
    if (operation === 'DELETE' && subresource === undefined && immortal.has(name))
      throw refusal(request, 'this namespace may not be deleted')
    return
  }
  if (namespace === undefined || operation === 'DELETE' || type.plural === 'localsubjectaccessreviews') return
  const found = store.get('namespaces', undefined, namespace)
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces', name: namespace })
  const status = found.status as { readonly phase?: string } | undefined
  if (operation !== 'CREATE' || status?.phase !== 'Terminating') return
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }
  throw refusal(request, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause])
}

function refusal(
  { type, name, subresource }: AdmissionRequest,
  why: string,
  causes?: readonly { reason: string; message: string; field: string }[],
) {
  const plural = subresource === undefined ? type.plural : `${type.plural}/${subresource}`
  const message = `${groupResource(type.group, plural)} "${name}" is forbidden: ${why}`
  const details = { name, ...(type.group === '' ? {} : { group: type.group }), kind: plural, ...(causes === undefined ? {} : { causes }) }
  return new StatusError(403, 'Forbidden', message, details)
}

import type { KubeObject } from '../../kube-object.ts'
import { type ResourceType, storedAs } from '../resource-type.ts'
import { badRequest, type StatusError } from '../status-error.ts'

/** Reads the value of one field label; always a text. */
export type FieldReader = (object: KubeObject) => string

const nameOf: FieldReader = ({ metadata }) => metadata.name
const namespaceOf: FieldReader = ({ metadata }) => metadata.namespace ?? ''

type Fields = Readonly<Record<string, FieldReader>>

const podFields: Fields = {
  'spec.nodeName': at('spec.nodeName'),
  'spec.host': at('spec.nodeName'),
  'spec.restartPolicy': at('spec.restartPolicy'),
  'spec.schedulerName': at('spec.schedulerName'),
  'spec.serviceAccountName': at('spec.serviceAccountName'),
  'status.phase': at('status.phase'),
  'status.podIP': at('status.podIP'),
  'status.podIPs': at('status.podIP'),
  'status.nominatedNodeName': at('status.nominatedNodeName'),
}

const eventFields: Fields = Object.fromEntries([
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((field) => [
    `involvedObject.${field}`,
    at(`involvedObject.${field}`),
  ]),
  ...['reason', 'reportingComponent', 'type'].map((field) => [field, at(field)]),
  ['source', (event: KubeObject) => at('source.component')(event) || at('reportingComponent')(event)],
])

/** What events.k8s.io calls the same. */
const newEventFields: Fields = {
  ...Object.fromEntries(Object.entries(eventFields).map(([label, read]) => [label.replace('involvedObject.', 'regarding.'), read])),
  reportingController: at('reportingComponent'),
  reason: at('reason'),
  type: at('type'),
}

/** Beside the name (and the namespace, where there is one). Source: Kubernetes, AddFieldLabelConversionFunc of each kind. */
const fieldsByResource: Readonly<Record<string, Fields>> = {
  pods: podFields,
  nodes: { 'spec.unschedulable': (node) => at('spec.unschedulable')(node) || 'false' },
  events: eventFields,
  namespaces: { 'status.phase': at('status.phase') },
  secrets: { type: at('type') },
  replicationcontrollers: { 'status.replicas': count('status.replicas') },
  'replicasets.apps': { 'status.replicas': count('status.replicas') },
  'jobs.batch': { 'status.successful': count('status.succeeded') },
  'certificatesigningrequests.certificates.k8s.io': { 'spec.signerName': at('spec.signerName') },
}

/** The reader of a field label for a type as it is served; throws 400 for one that the kind does not have. */
export function fieldReader(type: ResourceType, version: string, label: string, minor: number): FieldReader {
  if (label === 'metadata.name') return nameOf
  if (label === 'metadata.namespace') return namespaceOf
  const fields = fieldsOf(type, version)
  const reader = fields?.[label]
  if (reader !== undefined && Object.hasOwn(fields ?? {}, label)) return reader
  if (label === 'spec.hostNetwork' && storedAs(type) === 'pods' && minor >= 29) return (pod) => at('spec.hostNetwork')(pod) || 'false'
  throw unknownField(type, label, fields !== undefined)
}

function fieldsOf(type: ResourceType, version: string): Fields | undefined {
  if (type.custom !== undefined) {
    return Object.fromEntries(
      (type.custom[version]?.selectableFields ?? []).map((path) => [path.replace(/^\./, ''), at(path.replace(/^\./, ''))]),
    )
  }
  if (type.group === 'events.k8s.io') return newEventFields
  return fieldsByResource[storedAs(type)]
}

function unknownField(type: ResourceType, label: string, own: boolean): StatusError {
  if (storedAs(type) === 'jobs.batch') return badRequest(`field label ${JSON.stringify(label)} not supported for batchv1.Job`)
  if (own) return badRequest(`field label not supported: ${label}`)
  return badRequest(`${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

function at(path: string): FieldReader {
  const parts = path.split('.')
  return (object) => {
    let value: unknown = object
    for (const part of parts) value = (value as Readonly<Record<string, unknown>> | undefined | null)?.[part]
    return value === undefined || value === null ? '' : String(value)
  }
}

function count(path: string): FieldReader {
  const read = at(path)
  return (object) => read(object) || '0'
}

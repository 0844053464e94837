import type { KubeObject } from '../../kube-object.ts'
import type { PrinterColumn } from '../resource-type.ts'
import { roleBindingTable, signingRequestTable } from './access-tables.ts'
import { apiServiceTable } from './api-service-table.ts'
import { autoscalerTable, scaleTable } from './autoscaler-table.ts'
import { cronJobTable, jobTable } from './batch-tables.ts'
import {
  budgetTable,
  componentStatusTable,
  configMapTable,
  defaultTable,
  leaseTable,
  namespaceTable,
  priorityClassTable,
  quotaTable,
  runtimeClassTable,
  secretTable,
  serviceAccountTable,
  webhookConfigurationTable,
} from './cluster-tables.ts'
import { customTable } from './custom-table.ts'
import { eventTable, newEventTable } from './event-table.ts'
import { nodeTable } from './node-table.ts'
import { podTable } from './pod-table.ts'
import { endpointSliceTable, endpointsTable, ingressClassTable, ingressTable, networkPolicyTable, serviceTable } from './service-tables.ts'
import type { Cell, PrintContext, RowCondition, TableColumn, TablePrinter } from './table-column.ts'
import { claimTable, csiDriverTable, csiNodeTable, storageClassTable, volumeAttachmentTable, volumeTable } from './volume-tables.ts'
import {
  controllerRevisionTable,
  daemonSetTable,
  deploymentTable,
  podTemplateTable,
  replicaSetTable,
  replicationControllerTable,
  statefulSetTable,
} from './workload-tables.ts'

const tables: Readonly<Record<string, TablePrinter>> = {
  pods: podTable,
  nodes: nodeTable,
  namespaces: namespaceTable,
  services: serviceTable,
  endpoints: endpointsTable,
  'endpointslices.discovery.k8s.io': endpointSliceTable,
  events: eventTable,
  'events.events.k8s.io': newEventTable,
  configmaps: configMapTable,
  secrets: secretTable,
  serviceaccounts: serviceAccountTable,
  persistentvolumes: volumeTable,
  persistentvolumeclaims: claimTable,
  replicationcontrollers: replicationControllerTable,
  resourcequotas: quotaTable,
  podtemplates: podTemplateTable,
  componentstatuses: componentStatusTable,
  'deployments.apps': deploymentTable,
  'replicasets.apps': replicaSetTable,
  'statefulsets.apps': statefulSetTable,
  'daemonsets.apps': daemonSetTable,
  'controllerrevisions.apps': controllerRevisionTable,
  'jobs.batch': jobTable,
  'cronjobs.batch': cronJobTable,
  'poddisruptionbudgets.policy': budgetTable,
  'horizontalpodautoscalers.autoscaling': autoscalerTable,
  'scales.autoscaling': scaleTable,
  'ingresses.networking.k8s.io': ingressTable,
  'ingressclasses.networking.k8s.io': ingressClassTable,
  'networkpolicies.networking.k8s.io': networkPolicyTable,
  'storageclasses.storage.k8s.io': storageClassTable,
  'volumeattachments.storage.k8s.io': volumeAttachmentTable,
  'csinodes.storage.k8s.io': csiNodeTable,
  'csidrivers.storage.k8s.io': csiDriverTable,
  'leases.coordination.k8s.io': leaseTable,
  'priorityclasses.scheduling.k8s.io': priorityClassTable,
  'runtimeclasses.node.k8s.io': runtimeClassTable,
  'rolebindings.rbac.authorization.k8s.io': roleBindingTable,
  'clusterrolebindings.rbac.authorization.k8s.io': roleBindingTable,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationTable,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationTable,
  'certificatesigningrequests.certificates.k8s.io': signingRequestTable,
  'apiservices.apiregistration.k8s.io': apiServiceTable,
}

/** Objects as the rows of a table, printed by the server. Source: Kubernetes API reference, Table. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: string
  readonly metadata: ListMeta
  readonly columnDefinitions: readonly TableColumn[] | null
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly cells: readonly Cell[]
  readonly conditions?: readonly RowCondition[]
  readonly object: KubeObject | PartialObject | null
}

/** What a table has of an object unless more is asked for. */
export interface PartialObject {
  readonly kind: 'PartialObjectMetadata'
  readonly apiVersion: string
  readonly metadata: KubeObject['metadata']
}

/** Of the list (or the one object) that is printed. */
export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface TableOptions extends PrintContext {
  /** Query parameter of the same name; `Metadata` unless told. */
  readonly includeObject?: 'None' | 'Metadata' | 'Object'
  /** Of a custom resource, in the version that is served. */
  readonly printerColumns?: readonly PrinterColumn[]
  /** Version of `meta.k8s.io` that was asked for; `v1` unless told. */
  readonly version?: string
  /** `false` leaves the columns out: in a watch only the first table has them. */
  readonly columns?: boolean
  readonly metadata?: ListMeta
}

/**
 * The table of objects of one resource (`pods`, `deployments.apps`), with all columns, also those for `-o wide`; the client leaves those out.
 * A resource without columns of its own gets its names and when they were created.
 */
export function tableOf(resource: string, objects: readonly KubeObject[], options: TableOptions): Table {
  const table = options.printerColumns === undefined ? (tables[resource] ?? defaultTable) : customTable(options.printerColumns)
  const apiVersion = `meta.k8s.io/${options.version ?? 'v1'}`
  return {
    kind: 'Table',
    apiVersion,
    metadata: options.metadata ?? {},
    columnDefinitions: options.columns === false ? null : table.columns(options.minor),
    rows: objects.map((object) => rowOf(object, table, { ...options, apiVersion })),
  }
}

function rowOf(object: KubeObject, table: TablePrinter, options: TableOptions & { readonly apiVersion: string }): TableRow {
  const conditions = table.conditions?.(object) ?? []
  return {
    cells: table.cells(object, options),
    ...(conditions.length === 0 ? {} : { conditions }),
    object: rowObject(object, options),
  }
}

function rowObject(object: KubeObject, { includeObject, apiVersion }: TableOptions & { readonly apiVersion: string }): TableRow['object'] {
  if (includeObject === 'None') return null
  if (includeObject === 'Object') return object
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata }
}

import type { MutatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1'
import type { Lease } from 'kubernetes-types/coordination/v1'
import type { ComponentStatus, ConfigMap, Namespace, ResourceQuota, Secret, ServiceAccount } from 'kubernetes-types/core/v1'
import type { RuntimeClass } from 'kubernetes-types/node/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import { as } from '../../kube-object.ts'
import { sinceText } from './human-duration.ts'
import { ageColumn, nameColumn, printer, shown, type TablePrinter } from './table-column.ts'

/** Source: Kubernetes, pkg/printers printPodDisruptionBudget. */
export const budgetTable = printer<PodDisruptionBudget>(
  [nameColumn, shown('Min Available'), shown('Max Unavailable'), shown('Allowed Disruptions', 'integer'), ageColumn],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    String(spec?.minAvailable ?? 'N/A'),
    String(spec?.maxUnavailable ?? 'N/A'),
    status?.disruptionsAllowed ?? 0,
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

/** Source: Kubernetes, pkg/printers printNamespace. */
export const namespaceTable = printer<Namespace>([nameColumn, shown('Status'), ageColumn], ({ metadata, status }, { nowMs }) => [
  metadata?.name ?? '',
  status?.phase ?? '',
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Source: Kubernetes, pkg/printers printConfigMap. */
export const configMapTable = printer<ConfigMap>([nameColumn, shown('Data'), ageColumn], ({ metadata, data, binaryData }, { nowMs }) => [
  metadata?.name ?? '',
  Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Source: Kubernetes, pkg/printers printSecret. */
export const secretTable = printer<Secret>([nameColumn, shown('Type'), shown('Data'), ageColumn], ({ metadata, type, data }, { nowMs }) => [
  metadata?.name ?? '',
  type ?? '',
  Object.keys(data ?? {}).length,
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Source: Kubernetes, pkg/printers printServiceAccount. */
export const serviceAccountTable = printer<ServiceAccount>(
  [nameColumn, shown('Secrets'), ageColumn],
  ({ metadata, secrets }, { nowMs }) => [metadata?.name ?? '', secrets?.length ?? 0, sinceText(metadata?.creationTimestamp, nowMs)],
)

/** Source: Kubernetes, pkg/printers printResourceQuota. */
export const quotaTable = printer<ResourceQuota>(
  [nameColumn, ageColumn, shown('Request'), shown('Limit')],
  ({ metadata, status }, { nowMs }) => {
    const used = (name: string) => String(status?.used?.[name] ?? '0')
    const names = Object.keys(status?.hard ?? {}).sort()
    const text = (list: readonly string[]) => list.map((name) => `${name}: ${used(name)}/${status?.hard?.[name]}`).join(', ')
    return [
      metadata?.name ?? '',
      sinceText(metadata?.creationTimestamp, nowMs),
      text(names.filter((name) => !name.startsWith('limits.'))),
      text(names.filter((name) => name.startsWith('limits.'))),
    ]
  },
)

/** Source: Kubernetes, default table of a resource without columns of its own. */
export const defaultTable: TablePrinter = {
  columns: () => [nameColumn, shown('Created At', 'date')],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}

/** Source: Kubernetes, pkg/printers printLease. */
export const leaseTable = printer<Lease>([nameColumn, shown('Holder'), ageColumn], ({ metadata, spec }, { nowMs }) => [
  metadata?.name ?? '',
  spec?.holderIdentity ?? '',
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Since 1.31 it is told whether a class preempts. Source: Kubernetes, pkg/printers printPriorityClass. */
export const priorityClassTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    shown('Value', 'integer'),
    shown('Global-Default', 'boolean'),
    ageColumn,
    ...(minor >= 31 ? [shown('PreemptionPolicy')] : []),
  ],
  cells(object, { nowMs, minor }) {
    const { value, globalDefault, preemptionPolicy } = as<PriorityClass>(object)
    const age = sinceText(object.metadata.creationTimestamp, nowMs)
    return [object.metadata.name, value, globalDefault ?? false, age, ...(minor >= 31 ? [preemptionPolicy ?? ''] : [])]
  },
}

/** Source: Kubernetes, pkg/printers printRuntimeClass. */
export const runtimeClassTable = printer<RuntimeClass>([nameColumn, shown('Handler'), ageColumn], ({ metadata, handler }, { nowMs }) => [
  metadata?.name ?? '',
  handler,
  sinceText(metadata?.creationTimestamp, nowMs),
])

/** Source: Kubernetes, pkg/printers printMutatingWebhook and printValidatingWebhook. */
export const webhookConfigurationTable = printer<MutatingWebhookConfiguration>(
  [nameColumn, shown('Webhooks', 'integer'), ageColumn],
  ({ metadata, webhooks }, { nowMs }) => [metadata?.name ?? '', webhooks?.length ?? 0, sinceText(metadata?.creationTimestamp, nowMs)],
)

/** Source: Kubernetes, pkg/printers printComponentStatus. */
export const componentStatusTable = printer<ComponentStatus>(
  [nameColumn, shown('Status'), shown('Message'), shown('Error')],
  ({ metadata, conditions }) => {
    const healthy = conditions?.find(({ type }) => type === 'Healthy')
    const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy'
    return [metadata?.name ?? '', status, healthy?.message ?? '', healthy?.error ?? '']
  },
)

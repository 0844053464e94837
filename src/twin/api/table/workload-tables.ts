import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1'
import type { Container, PodTemplate, ReplicationController } from 'kubernetes-types/core/v1'
import { type LabelSelector, selectorProblem, selectorRequirements, selectorText } from '../../../core/kubernetes/label-selector.ts'
import { sinceText } from './human-duration.ts'
import { ageColumn, type Cell, labelsText, nameColumn, printer, shown, textOr, wide } from './table-column.ts'

const containers = [wide('Containers'), wide('Images')]
const pods = [...containers, wide('Selector')]

/** Names and images of containers, each in a cell. */
export function containerCells(list: readonly Container[] | null | undefined): readonly [string, string] {
  const all = list ?? []
  return [all.map(({ name }) => name).join(','), all.map(({ image }) => image ?? '').join(',')]
}

/** A selector as `kubectl --selector` takes it; `<none>` when it has no requirements. */
export function selectorCell(selector: object | null | undefined): string {
  if (!selector) return '<none>'
  const read = selector as LabelSelector
  return selectorProblem(read) === undefined ? textOr(selectorText(selectorRequirements(read)), '<none>') : '<error>'
}

/** Source: Kubernetes, pkg/printers printDeployment. */
export const deploymentTable = printer<Deployment>(
  [nameColumn, shown('Ready'), shown('Up-to-date'), shown('Available'), ageColumn, ...pods],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    sinceText(metadata?.creationTimestamp, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
    selectorCell(spec?.selector),
  ],
)

const replicaColumns = [nameColumn, shown('Desired', 'integer'), shown('Current', 'integer'), shown('Ready', 'integer'), ageColumn, ...pods]

/** All but the selector. */
function replicaCells({ metadata, spec, status }: ReplicaSet | ReplicationController, nowMs: number): readonly Cell[] {
  return [
    metadata?.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    sinceText(metadata?.creationTimestamp, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
  ]
}

/** Source: Kubernetes, pkg/printers printReplicaSet. */
export const replicaSetTable = printer<ReplicaSet>(replicaColumns, (set, { nowMs }) => [
  ...replicaCells(set, nowMs),
  selectorCell(set.spec?.selector),
])

/** Source: Kubernetes, pkg/printers printReplicationController. */
export const replicationControllerTable = printer<ReplicationController>(replicaColumns, (controller, { nowMs }) => [
  ...replicaCells(controller, nowMs),
  labelsText(controller.spec?.selector),
])

/** Source: Kubernetes, pkg/printers printStatefulSet. */
export const statefulSetTable = printer<StatefulSet>(
  [nameColumn, shown('Ready'), ageColumn, ...containers],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    sinceText(metadata?.creationTimestamp, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
  ],
)

const daemonCounts = ['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'].map((name) => shown(name, 'integer'))

/** Source: Kubernetes, pkg/printers printDaemonSet. */
export const daemonSetTable = printer<DaemonSet>(
  [nameColumn, ...daemonCounts, shown('Node Selector'), ageColumn, ...pods],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsText(spec?.template?.spec?.nodeSelector),
    sinceText(metadata?.creationTimestamp, nowMs),
    ...containerCells(spec?.template?.spec?.containers),
    selectorCell(spec?.selector),
  ],
)

/** Source: Kubernetes, pkg/printers printControllerRevision. */
export const controllerRevisionTable = printer<ControllerRevision>(
  [nameColumn, shown('Controller'), shown('Revision'), ageColumn],
  ({ metadata, revision }, { nowMs }) => {
    const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true)
    const [group = ''] = owner?.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['']
    const kind = group === '' ? owner?.kind : `${owner?.kind}.${group}`
    return [
      metadata?.name ?? '',
      owner === undefined ? '<none>' : `${kind?.toLowerCase()}/${owner.name}`,
      revision,
      sinceText(metadata?.creationTimestamp, nowMs),
    ]
  },
)

/** Source: Kubernetes, pkg/printers printPodTemplate. */
export const podTemplateTable = printer<PodTemplate>(
  [nameColumn, shown('Containers'), shown('Images'), shown('Pod Labels')],
  ({ metadata, template }) => [metadata?.name ?? '', ...containerCells(template?.spec?.containers), labelsText(template?.metadata?.labels)],
)

import type { Pod } from 'kubernetes-types/core/v1'
import { as, type KubeObject } from '../../kube-object.ts'
import { sinceText } from './human-duration.ts'
import { podSummary } from './pod-status.ts'
import {
  ageColumn,
  type Cell,
  nameColumn,
  type PrintContext,
  type RowCondition,
  shown,
  type TablePrinter,
  textOr,
  wide,
} from './table-column.ts'

/** Restarts are a text since 1.22: it says when the last one was. */
const lastRestartSince = 22

/** Source: Kubernetes, pkg/printers printPod. */
export const podTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    shown('Ready'),
    shown('Status'),
    shown('Restarts', minor >= lastRestartSince ? 'string' : 'integer'),
    ageColumn,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells: podCells,
  conditions: podConditions,
}

function podCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const pod = as<Pod>(object)
  const { status, ready, total, restarts, lastRestart } = podSummary(pod, minor)
  const restartText = restarts > 0 && lastRestart ? `${restarts} (${sinceText(lastRestart, nowMs)} ago)` : String(restarts)
  return [
    object.metadata.name,
    `${ready}/${total}`,
    status,
    minor >= lastRestartSince ? restartText : restarts,
    sinceText(object.metadata.creationTimestamp, nowMs),
    textOr(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP, '<none>'),
    textOr(pod.spec?.nodeName, '<none>'),
    textOr(pod.status?.nominatedNodeName, '<none>'),
    readinessGates(pod),
  ]
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True')
  return `${met.length}/${gates.length}`
}

function podConditions(object: KubeObject): readonly RowCondition[] {
  switch (as<Pod>(object).status?.phase) {
    case 'Succeeded':
      return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }]
    case 'Failed':
      return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]
    default:
      return []
  }
}

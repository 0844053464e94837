import type { Node } from 'kubernetes-types/core/v1'
import { sinceText } from './human-duration.ts'
import { ageColumn, type Cell, nameColumn, type PrintContext, printer, shown, textOr, wide } from './table-column.ts'

const columns = [
  nameColumn,
  shown('Status'),
  shown('Roles'),
  ageColumn,
  shown('Version'),
  wide('Internal-IP'),
  wide('External-IP'),
  wide('OS-Image'),
  wide('Kernel-Version'),
  wide('Container-Runtime'),
]

const rolePrefix = 'node-role.kubernetes.io/'

/** Source: Kubernetes, pkg/printers printNode. */
export const nodeTable = printer<Node>(columns, nodeCells)

function nodeCells({ metadata, spec, status }: Node, { nowMs }: PrintContext): readonly Cell[] {
  const address = (wanted: string) => status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'
  const info = status?.nodeInfo
  return [
    metadata?.name ?? '',
    nodeStatus({ spec, status } as Node),
    textOr(nodeRoles(metadata?.labels ?? {}).join(','), '<none>'),
    sinceText(metadata?.creationTimestamp, nowMs),
    info?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    textOr(info?.osImage, '<unknown>'),
    textOr(info?.kernelVersion, '<unknown>'),
    textOr(info?.containerRuntimeVersion, '<unknown>'),
  ]
}

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.findLast(({ type }) => type === 'Ready')
  const condition = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec?.unschedulable ? `${condition},SchedulingDisabled` : condition
}

function nodeRoles(labels: Readonly<Record<string, string>>): readonly string[] {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' ? [value] : []
  })
  return [...new Set(roles.filter((role) => role !== ''))].sort()
}

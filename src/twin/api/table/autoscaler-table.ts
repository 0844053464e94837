import type { Scale } from 'kubernetes-types/autoscaling/v1'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from 'kubernetes-types/autoscaling/v2'
import { as, type KubeObject } from '../../kube-object.ts'
import { sinceText } from './human-duration.ts'
import { ageColumn, type Cell, nameColumn, type PrintContext, printer, shown, type TablePrinter } from './table-column.ts'

const most = 2
/** Since 1.30 a target begins with the name of its resource. */
const namedSince = 30

/** Source: Kubernetes, pkg/printers printScale. */
export const scaleTable = printer<Scale>(
  [nameColumn, shown('Desired', 'integer'), shown('Available', 'integer'), ageColumn],
  ({ metadata, spec, status }, { nowMs }) => [
    metadata?.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    sinceText(metadata?.creationTimestamp, nowMs),
  ],
)

/** Source: Kubernetes, pkg/printers printHorizontalPodAutoscaler. */
export const autoscalerTable: TablePrinter = {
  columns: () => [nameColumn, ...['Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas'].map((name) => shown(name)), ageColumn],
  cells: autoscalerCells,
}

function autoscalerCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const { spec, status } = as<HorizontalPodAutoscaler>(object)
  return [
    object.metadata.name,
    `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    targets(as<HorizontalPodAutoscaler>(object), minor),
    spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    sinceText(object.metadata.creationTimestamp, nowMs),
  ]
}

function targets({ spec, status }: HorizontalPodAutoscaler, minor: number): string {
  const specs = spec?.metrics ?? []
  if (specs.length === 0) return v1Target(spec as V1Spec, status as V1Status)
  const texts = specs.map((metric, i) => metricText(metric, status?.currentMetrics?.[i], minor))
  const text = texts.slice(0, most).join(', ')
  return texts.length > most ? `${text} + ${texts.length - most} more...` : text
}

interface V1Spec {
  readonly targetCPUUtilizationPercentage?: number
}
interface V1Status {
  readonly currentCPUUtilizationPercentage?: number
}

/** In autoscaling/v1 there is only the processor. */
function v1Target(spec: V1Spec | undefined, status: V1Status | undefined): string {
  if (spec?.targetCPUUtilizationPercentage === undefined) return '<none>'
  const current = status?.currentCPUUtilizationPercentage
  return `${current === undefined ? '<unknown>' : `${current}%`}/${spec.targetCPUUtilizationPercentage}%`
}

interface Source {
  readonly target: MetricTarget
  readonly name?: string
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined, minor: number): string {
  switch (metric.type) {
    case 'External':
      return valueText(metric.external, status?.external?.current)
    case 'Object':
      return valueText(metric.object, status?.object?.current)
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? '<unknown>'}/${metric.pods?.target.averageValue ?? '0'}`
    case 'Resource':
      return resourceText(metric.resource, status?.resource?.current, minor)
    case 'ContainerResource':
      return resourceText(metric.containerResource, status?.containerResource?.current, minor)
    default:
      return '<unknown type>'
  }
}

function valueText(source: Source | undefined, current: MetricValueStatus | undefined): string {
  const target = source?.target
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`
  return `${current === undefined ? '<unknown>' : (current.value ?? '0')}/${target?.value ?? '0'}`
}

function resourceText(source: Source | undefined, current: MetricValueStatus | undefined, minor: number): string {
  const target = source?.target
  const name = minor >= namedSince && source?.name ? `${source.name}: ` : ''
  if (target?.averageValue !== undefined) return `${name}${current?.averageValue ?? '<unknown>'}/${target.averageValue}`
  const percent = (value: number | undefined, otherwise: string) => (value === undefined ? otherwise : `${value}%`)
  return `${name}${percent(current?.averageUtilization, '<unknown>')}/${percent(target?.averageUtilization, '<auto>')}`
}

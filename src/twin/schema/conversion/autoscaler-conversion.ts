import { isJsonObject, type JsonObject } from '../../api/patch/json-object.ts'
import { type KindConversion, mapPart, mapParts, part, parts } from './kind-conversion.ts'

/** Where v1 keeps what it has no fields for. Source: Kubernetes, autoscaling/v1 annotations. */
const annotation = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
} as const

/** `autoscaling/v1`: one target, the processor; everything else is in annotations. */
export const autoscalerV1: KindConversion = { toStored: fromV1, toServed: toV1 }

/** `autoscaling/v2beta1`: the targets of a metric stand beside its name. */
export const autoscalerV2beta1: KindConversion = {
  toStored: (object) => mapMetrics(object, storedMetric),
  toServed: (object) => mapMetrics(object, servedMetric),
}

function mapMetrics(object: JsonObject, map: (metric: JsonObject) => JsonObject): JsonObject {
  return mapPart(object, 'spec', (spec) => mapParts(spec, 'metrics', map))
}

function storedMetric(metric: JsonObject): JsonObject {
  const { targetAverageUtilization, targetAverageValue, targetValue, metricName, metricSelector, ...source } = part(
    metric,
    sourceOf(metric),
  )
  const target =
    targetAverageUtilization !== undefined
      ? { type: 'Utilization', averageUtilization: targetAverageUtilization }
      : targetAverageValue !== undefined
        ? { type: 'AverageValue', averageValue: targetAverageValue }
        : { type: 'Value', value: targetValue }
  const name =
    metricName === undefined ? {} : { metric: { name: metricName, ...(metricSelector === undefined ? {} : { selector: metricSelector }) } }
  return { ...metric, [sourceOf(metric)]: { ...source, ...name, target } }
}

function servedMetric(metric: JsonObject): JsonObject {
  const { target, metric: identifier, ...source } = part(metric, sourceOf(metric))
  const { averageUtilization, averageValue, value } = isJsonObject(target) ? target : {}
  const { name, selector } = isJsonObject(identifier) ? identifier : {}
  const fields = {
    targetAverageUtilization: averageUtilization,
    targetAverageValue: averageValue,
    targetValue: value,
    metricName: name,
    metricSelector: selector,
  }
  const given = Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined))
  return { ...metric, [sourceOf(metric)]: { ...source, ...given } }
}

/** The field of a metric that its type names: `resource`, `pods`, `object`, `external`. */
function sourceOf({ type }: JsonObject): string {
  const text = String(type)
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function fromV1(object: JsonObject): JsonObject {
  const metadata = part(object, 'metadata')
  const { [annotation.metrics]: metrics, [annotation.behavior]: behavior, ...kept } = part(metadata, 'annotations')
  const { [annotation.conditions]: conditions, [annotation.currentMetrics]: currentMetrics, ...annotations } = kept
  const { targetCPUUtilizationPercentage: target, ...spec } = part(object, 'spec')
  const { currentCPUUtilizationPercentage: current, ...status } = part(object, 'status')
  const listed = [...(target === undefined || target === null ? [] : [processorTarget(target)]), ...parsedList(metrics)]
  const measured = [...(current === undefined || current === null ? [] : [processorUse(current)]), ...parsedList(currentMetrics)]
  const wanted = parsed(behavior)
  return {
    ...object,
    metadata: Object.keys(annotations).length === 0 ? without(metadata, 'annotations') : { ...metadata, annotations },
    spec: { ...spec, ...(listed.length === 0 ? {} : { metrics: listed }), ...(wanted === undefined ? {} : { behavior: wanted }) },
    ...(object.status === undefined
      ? {}
      : { status: { ...status, ...(measured.length === 0 ? {} : { currentMetrics: measured }), ...listOf('conditions', conditions) } }),
  }
}

function toV1(object: JsonObject): JsonObject {
  const { metrics: _, behavior, ...spec } = part(object, 'spec')
  const { currentMetrics: __, conditions, ...status } = part(object, 'status')
  const metrics = parts(part(object, 'spec'), 'metrics')
  const measured = parts(part(object, 'status'), 'currentMetrics')
  const target = part(part(metrics.find(isProcessor), 'resource'), 'target').averageUtilization
  const current = part(part(measured.find(isProcessor), 'resource'), 'current').averageUtilization
  const others = {
    [annotation.metrics]: metrics.filter((metric) => !isProcessor(metric)),
    [annotation.currentMetrics]: measured.filter((metric) => !isProcessor(metric)),
    [annotation.conditions]: conditions ?? [],
    [annotation.behavior]: behavior ?? [],
  }
  const written = Object.entries(others).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return {
    ...object,
    ...(written.length === 0 ? {} : { metadata: withAnnotations(part(object, 'metadata'), written) }),
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...(object.status === undefined
      ? {}
      : { status: { ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) } }),
  }
}

function isProcessor({ type, resource }: JsonObject): boolean {
  if (type !== 'Resource' || !isJsonObject(resource) || resource.name !== 'cpu') return false
  return part(resource, 'target').averageUtilization !== undefined || part(resource, 'current').averageUtilization !== undefined
}

function processorTarget(averageUtilization: unknown): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

function processorUse(averageUtilization: unknown): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization, averageValue: '0' } } }
}

function withAnnotations(metadata: JsonObject, written: readonly (readonly [string, unknown])[]): JsonObject {
  return {
    ...metadata,
    annotations: { ...part(metadata, 'annotations'), ...Object.fromEntries(written.map(([name, value]) => [name, JSON.stringify(value)])) },
  }
}

function without(object: JsonObject, field: string): JsonObject {
  const { [field]: _, ...rest } = object
  return rest
}

function listOf(field: string, text: unknown): JsonObject {
  const list = parsedList(text)
  return list.length === 0 ? {} : { [field]: list }
}

function parsedList(text: unknown): readonly unknown[] {
  const value = parsed(text)
  return Array.isArray(value) ? value : []
}

/** Annotations are written by anybody: what is no JSON counts as absent. */
function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

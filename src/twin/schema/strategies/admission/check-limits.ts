import type { Container, LimitRange, LimitRangeItem, Pod, PodSpec } from 'kubernetes-types/core/v1'
import { compareQuantities, parseQuantity, type Quantity, quantityText } from '../../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { containerAmounts } from '../../../pod-amounts.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

type Amounts = Readonly<Record<string, unknown>>

interface Asked {
  readonly requests: Amounts
  readonly limits: Amounts
}

/** Refuses a pod that asks for less or more than its namespace allows. Source: Kubernetes, Limit Ranges. */
export function checkLimits(draft: DraftObject, namespace: string, reader: ObjectReader): AdmissionVerdict {
  const spec = as<Pod>(draft).spec ?? { containers: [] }
  const why = reader
    .list('limitranges', namespace)
    .flatMap((range) => (as<LimitRange>(range).spec?.limits ?? []).flatMap((item) => broken(item, spec)))
  if (why.length === 0) return admitted(draft)
  return refused(why.length === 1 ? (why[0] ?? '') : `[${[...new Set(why)].join(', ')}]`)
}

function broken(item: LimitRangeItem, spec: PodSpec): readonly string[] {
  if (item.type === 'Pod') return brokenBy(item, totalOf(spec))
  if (item.type !== 'Container') return []
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap((container) => brokenBy(item, askedBy(container)))
}

function askedBy({ resources }: Container): Asked {
  return { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }
}

function totalOf(spec: PodSpec): Asked {
  const total = (part: keyof Asked) =>
    Object.fromEntries([...containerAmounts(spec, part)].map(([name, amount]) => [name, quantityText(amount)]))
  return { requests: total('requests'), limits: total('limits') }
}

function readAll(amounts: Amounts): readonly (readonly [string, Quantity])[] {
  return Object.entries(amounts).flatMap(([name, text]) => {
    const amount = parseQuantity(text)
    return amount === undefined ? [] : [[name, amount] as const]
  })
}

function brokenBy({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, asked: Asked): readonly string[] {
  return [
    ...readAll(min ?? {}).flatMap(([name, least]) =>
      tooLittle(`minimum ${name} usage per ${type} is ${quantityText(least)}`, least, pick(asked, name)),
    ),
    ...readAll(max ?? {}).flatMap(([name, most]) =>
      tooMuch(`maximum ${name} usage per ${type} is ${quantityText(most)}`, most, pick(asked, name)),
    ),
    ...readAll(maxLimitRequestRatio ?? {}).flatMap(([name, ratio]) =>
      tooFar(`${name} max limit to request ratio per ${type} is ${quantityText(ratio)}`, ratio, pick(asked, name)),
    ),
  ]
}

interface Pair {
  readonly request: Quantity | undefined
  readonly limit: Quantity | undefined
}

function pick({ requests, limits }: Asked, name: string): Pair {
  return { request: parseQuantity(requests[name]), limit: parseQuantity(limits[name]) }
}

function tooLittle(rule: string, least: Quantity, { request, limit }: Pair): readonly string[] {
  if (request === undefined) return [`${rule}.  No request is specified`]
  if (compareQuantities(request, least) < 0) return [`${rule}, but request is ${quantityText(request)}`]
  return limit !== undefined && compareQuantities(limit, least) < 0 ? [`${rule}, but limit is ${quantityText(limit)}`] : []
}

function tooMuch(rule: string, most: Quantity, { request, limit }: Pair): readonly string[] {
  if (limit === undefined) return [`${rule}.  No limit is specified`]
  if (compareQuantities(limit, most) > 0) return [`${rule}, but limit is ${quantityText(limit)}`]
  return request !== undefined && compareQuantities(request, most) > 0 ? [`${rule}, but request is ${quantityText(request)}`] : []
}

function tooFar(rule: string, ratio: Quantity, { request, limit }: Pair): readonly string[] {
  if (request === undefined || request.nano === 0n) return [`${rule}, but no request is specified or request is 0`]
  if (limit === undefined || limit.nano === 0n) return [`${rule}, but no limit is specified or limit is 0`]
  const observed = Number(limit.nano) / Number(request.nano)
  return observed > Number(ratio.nano) / 1e9 ? [`${rule}, but provided ratio is ${observed.toFixed(6)}`] : []
}

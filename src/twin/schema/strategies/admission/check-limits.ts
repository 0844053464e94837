import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod, PodSpec } from 'kubernetes-types/core/v1'
import { addQuantities, compareQuantities, parseQuantity, type Quantity, quantityText } from '../../../../core/kubernetes/quantity.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { containerAmounts } from '../../../pod-amounts.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

type Amounts = Readonly<Record<string, unknown>>

interface Asked {
  readonly requests: Amounts
  readonly limits: Amounts
}

/** Since then a Pod's sum is that of the scheduler, sidecars and all. */
const sumOfSchedulerSince = 28

/** What is asked about limits, and of which release. */
export interface LimitsQuestion {
  readonly namespace: string
  readonly reader: ObjectReader
  readonly minor: number
}

/** Refuses a pod that asks for less or more than its namespace allows. Source: Kubernetes, Limit Ranges. */
export function checkLimits(draft: DraftObject, { namespace, reader, minor }: LimitsQuestion): AdmissionVerdict {
  const spec = as<Pod>(draft).spec ?? { containers: [] }
  return firstRefusal(draft, reader, namespace, (item) => {
    if (item.type === 'Pod') return brokenBy(item, minor < sumOfSchedulerSince ? plainTotalOf(spec) : totalOf(spec))
    if (item.type !== 'Container') return []
    return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap((container) => brokenBy(item, askedBy(container)))
  })
}

/** Refuses a claim for less or more storage than its namespace allows. Source: Kubernetes, Limit storage consumption. */
export function checkClaimLimits(draft: DraftObject, { namespace, reader }: LimitsQuestion): AdmissionVerdict {
  const requests = as<PersistentVolumeClaim>(draft).spec?.resources?.requests ?? {}
  return firstRefusal(draft, reader, namespace, (item) => (item.type === 'PersistentVolumeClaim' ? brokenByClaim(item, requests) : []))
}

/** One range is asked after another; the first that is broken is told, with all that breaks it. */
function firstRefusal(
  draft: DraftObject,
  reader: ObjectReader,
  namespace: string,
  broken: (item: LimitRangeItem) => readonly string[],
): AdmissionVerdict {
  for (const range of reader.list('limitranges', namespace)) {
    const why = [...new Set((as<LimitRange>(range).spec?.limits ?? []).flatMap(broken))]
    if (why.length > 0) return refused(why.length === 1 ? (why[0] ?? '') : `[${why.join(', ')}]`)
  }
  return admitted(draft)
}

function askedBy({ resources }: Container): Asked {
  return { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }
}

function totalOf(spec: PodSpec): Asked {
  return asked((part) => containerAmounts(spec, part))
}

function asked(amountsOf: (part: keyof Asked) => ReadonlyMap<string, Quantity>): Asked {
  const texts = (part: keyof Asked) => Object.fromEntries([...amountsOf(part)].map(([name, amount]) => [name, quantityText(amount)]))
  return { requests: texts('requests'), limits: texts('limits') }
}

/**
 * The sum of what every container says, in plain numbers (what one of them leaves out has none), or what an init container asks for when that
 * is more. Source: Kubernetes 1.20, admission plugin LimitRanger.
 */
function plainTotalOf({ containers = [], initContainers = [] }: PodSpec): Asked {
  return asked((part) => {
    const total = new Map<string, Quantity>()
    const [first, ...others] = containers.map((container) => askedBy(container)[part])
    for (const [name, amount] of readAll(first ?? {})) {
      const more = others.map((one) => parseQuantity(one[name])).filter((other) => other !== undefined)
      if (more.length === others.length) total.set(name, { ...more.reduce(addQuantities, amount), notation: 'Decimal' })
    }
    for (const [name, amount] of initContainers.flatMap((container) => readAll(askedBy(container)[part]))) {
      const sum = total.get(name)
      if (sum === undefined || compareQuantities(amount, sum) > 0) total.set(name, amount)
    }
    return total
  })
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

/** Of claims only what they request counts. */
function brokenByClaim({ type, min, max }: LimitRangeItem, requests: Amounts): readonly string[] {
  const ask = (name: string): Pair => ({ request: parseQuantity(requests[name]), limit: undefined })
  return [
    ...readAll(min ?? {}).flatMap(([name, least]) =>
      tooLittle(`minimum ${name} usage per ${type} is ${quantityText(least)}`, least, ask(name)),
    ),
    ...readAll(max ?? {}).flatMap(([name, most]) =>
      tooMuchRequested(`maximum ${name} usage per ${type} is ${quantityText(most)}`, most, ask(name)),
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

function tooMuchRequested(rule: string, most: Quantity, { request }: Pair): readonly string[] {
  if (request === undefined) return [`${rule}.  No request is specified`]
  return compareQuantities(request, most) > 0 ? [`${rule}, but request is ${quantityText(request)}`] : []
}

function tooFar(rule: string, ratio: Quantity, { request, limit }: Pair): readonly string[] {
  if (request === undefined || request.nano === 0n) return [`${rule}, but no request is specified or request is 0`]
  if (limit === undefined || limit.nano === 0n) return [`${rule}, but no limit is specified or limit is 0`]
  const observed = Number(limit.nano) / Number(request.nano)
  return observed > Number(ratio.nano) / 1e9 ? [`${rule}, but provided ratio is ${observed.toFixed(6)}`] : []
}

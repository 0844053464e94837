import type { LimitRangeItem, LimitRangeSpec } from 'kubernetes-types/core/v1'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { parseQuantity, type Quantity } from '../../../../core/kubernetes/quantity.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { duplicateValue } from './refusal.ts'
import { resourceNameProblems } from './resource-problems.ts'

const types = ['Pod', 'Container', 'PersistentVolumeClaim']
const tables = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const
type Table = (typeof tables)[number]

/** Why a LimitRange is refused. Source: Kubernetes, Limit Ranges. */
export function limitRangeProblems({ limits = [] }: LimitRangeSpec): readonly StatusCause[] {
  const isSecond = (item: LimitRangeItem, i: number) => limits.findIndex(({ type }) => type === item.type) < i
  return limits.flatMap((item, i) => {
    const field = `spec.limits[${i}]`
    return [
      ...typeProblems(`${field}.type`, item.type),
      ...(isSecond(item, i) ? [duplicateValue(`${field}.type`, item.type)] : []),
      ...nameProblems(field, item),
      ...(item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined
        ? [requiredValue(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided')]
        : []),
      ...[...new Set(tables.flatMap((table) => Object.keys(item[table] ?? {})))].flatMap((name) => orderProblems(field, item, name)),
    ]
  })
}

function typeProblems(field: string, type: string): readonly StatusCause[] {
  const why = labelKeyProblem(type)
  if (why !== undefined) return [invalidValue(field, type, why)]
  return type.includes('/') || types.includes(type) ? [] : [invalidValue(field, type, 'must be a standard limit type or fully qualified')]
}

function nameProblems(field: string, item: LimitRangeItem): readonly StatusCause[] {
  return tables.flatMap((table) => {
    const names = Object.keys(item[table] ?? {})
    if (item.type === 'Pod' && (table === 'default' || table === 'defaultRequest')) {
      return names.length === 0 ? [] : [forbiddenValue(`${field}.${table}`, "may not be specified when `type` is 'Pod'")]
    }
    const of = item.type === 'Pod' || item.type === 'Container' ? 'Container' : 'Any'
    return names.flatMap((name) => resourceNameProblems(`${field}.${table}[${name}]`, name, of))
  })
}

interface Amount {
  readonly text: string
  readonly nano: bigint
}

/** What must not be greater than what, in the order and the words of the server; `at` is the field that is told, and whose amount. */
const orders: readonly { less: Table; more: Table; at: Table; told: Table; words: readonly [string, string] }[] = [
  { less: 'min', more: 'max', at: 'min', told: 'min', words: ['min', 'max'] },
  { less: 'min', more: 'defaultRequest', at: 'defaultRequest', told: 'defaultRequest', words: ['min', 'default request'] },
  { less: 'defaultRequest', more: 'max', at: 'defaultRequest', told: 'defaultRequest', words: ['default request', 'max'] },
  { less: 'defaultRequest', more: 'default', at: 'defaultRequest', told: 'defaultRequest', words: ['default request', 'default limit'] },
  { less: 'min', more: 'default', at: 'default', told: 'min', words: ['min', 'default'] },
  { less: 'default', more: 'max', at: 'default', told: 'max', words: ['default', 'max'] },
]

function orderProblems(field: string, item: LimitRangeItem, name: string): readonly StatusCause[] {
  const amount = (table: Table): Amount | undefined => {
    // of a Pod there are no defaults, whatever is written
    if (item.type === 'Pod' && (table === 'default' || table === 'defaultRequest')) return undefined
    const text = item[table]?.[name]
    const read: Quantity | undefined = text === undefined ? undefined : parseQuantity(text)
    return read === undefined ? undefined : { text: String(text), nano: read.nano }
  }
  const wrong = orders.flatMap(({ less, more, at, told, words: [a, b] }) => {
    const [low, high] = [amount(less), amount(more)]
    if (low === undefined || high === undefined || low.nano <= high.nano) return []
    const why = `${a} value ${low.text} is greater than ${b} value ${high.text}`
    return [invalidValue(`${field}.${at}[${name}]`, amount(told)?.text, why)]
  })
  return [...wrong, ...ratioProblems(`${field}.maxLimitRequestRatio[${name}]`, amount)]
}

const whole = 1_000_000_000n

function ratioProblems(field: string, amount: (table: Table) => Amount | undefined): readonly StatusCause[] {
  const [ratio, min, max] = [amount('maxLimitRequestRatio'), amount('min'), amount('max')]
  if (ratio === undefined) return []
  const most = min === undefined || max === undefined || min.nano === 0n ? Number.POSITIVE_INFINITY : Number(max.nano) / Number(min.nano)
  return [
    ...(ratio.nano < whole ? [invalidValue(field, ratio.text, `ratio ${ratio.text} is less than 1`)] : []),
    ...(Number(ratio.nano) / Number(whole) > most
      ? [invalidValue(field, ratio.text, `ratio ${ratio.text} is greater than max/min = ${most.toFixed(6)}`)]
      : []),
  ]
}

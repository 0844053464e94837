import type { Aliases } from './aliases.ts'

export interface NormaliseOptions {
  readonly aliases: Aliases
  /** Who owns which field is kept only where a case is about it. */
  readonly managedFields: boolean
  /** Whether what controllers write is kept. */
  readonly controllers: boolean
}

/** Takes what differs from run to run out of an answer: times, IDs, versions, addresses, made-up names. Members are sorted. */
export function normalise(value: unknown, options: NormaliseOptions): unknown {
  const texts = [...options.aliases].sort(([left], [right]) => right.length - left.length)
  const replaced = (text: string) => plainText(texts.reduce((all, [literal, alias]) => all.replaceAll(literal, alias), text))
  const members = (item: object) =>
    Object.entries(item)
      .filter(([name]) => options.managedFields || name !== 'managedFields')
      .filter(([name]) => name !== 'storageVersionHash')
      .filter(([name]) => options.controllers || !ofControllers(name, item))
      .map(([name, member]) => (name === 'columnDefinitions' ? ([name, withoutDescriptions(member)] as const) : ([name, member] as const)))
      .sort(([left], [right]) => (left < right ? -1 : 1))
  const plain = (item: unknown, key: string): unknown => {
    if (typeof item === 'string') return special(key, item) ?? replaced(item)
    return typeof item === 'number' && ports.has(key) ? '<port>' : item
  }
  const walk = (item: unknown, key: string): unknown => {
    if (Array.isArray(item)) return listed(item, key, options).map((one) => walk(one, key))
    if (typeof item !== 'object' || item === null) return plain(item, key)
    return Object.fromEntries(members(item).map(([name, member]) => [replaced(name), walk(member, name)]))
  }
  return walk(value, '')
}

function listed(items: readonly unknown[], key: string, { controllers }: NormaliseOptions): readonly unknown[] {
  if (key === 'conditions') return byType(items)
  if (key !== 'managedFields' || controllers) return items
  return items.filter((entry) => (entry as { manager?: string }).manager !== 'kube-controller-manager')
}

/** The status of a Deployment and the count of its revisions. */
function ofControllers(name: string, item: object): boolean {
  if (name === 'status') return (item as { kind?: unknown }).kind === 'Deployment'
  return (
    name === 'annotations' &&
    JSON.stringify(Object.keys((item as { annotations: object }).annotations)) === '["deployment.kubernetes.io/revision"]'
  )
}

const ports = new Set(['nodePort', 'healthCheckNodePort'])

function withoutDescriptions(columns: unknown): unknown {
  return Array.isArray(columns) ? columns.map((column) => ({ ...column, description: '' })) : columns
}

/** Conditions are a set: who writes them by a patch and who writes them as a whole puts them in another order. */
function byType(conditions: readonly unknown[]): readonly unknown[] {
  const typeOf = (condition: unknown) => String((condition as { type?: unknown } | null)?.type)
  return conditions.toSorted((left, right) => typeOf(left).localeCompare(typeOf(right)))
}

/** Values that are told by the member they stand in. */
function special(key: string, text: string): string | undefined {
  switch (key) {
    case 'resourceVersion':
      return text === '' || text === '0' ? text : '<rv>'
    case 'nodeName':
      return /^node-\d$/.test(text) ? '<node>' : undefined
    case 'continue':
      return text === '' ? text : '<continue>'
    case 'ca.crt':
      return '<certificate>'
    case 'containerID':
    case 'imageID':
      return text === '' ? text : '<id>'
    case 'cells':
      return isAge(text) ? '<age>' : undefined
    default:
      return undefined
  }
}

function isAge(text: string): boolean {
  return /^\d+(s|ms|m\d*s?)$|^<invalid>$/.test(text)
}

function plainText(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000 UTC)?/g, '<time>')
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b(?!\/)/g, '<ip>')
    .replaceAll(/too old resource version: \d+ \(\d+\)/g, 'too old resource version: <rv> (<rv>)')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
    .replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g, '-<hash>')
    .replaceAll(/Too large resource version: \d+, current: \d+/g, 'Too large resource version: <rv>, current: <rv>')
    .replaceAll(/resourceVersion\\":\\"\d+/g, 'resourceVersion\\":\\"<rv>')
    .replaceAll(/continue=[\w%]{20,}/g, 'continue=<continue>')
    .replaceAll(/resourceVersion=\d{2,8}\b/g, 'resourceVersion=<rv>')
    .replaceAll(/in record \(\d+\)/g, 'in record (<rv>)')
    .replaceAll(/resource\.Quantity\{i:[^}]*\}, d:[^}]*\}, s:("[^"]*"), Format:"\w+"\}/g, '$1')
    .replaceAll(/\(0xc[0-9a-f]{9}\)/g, '(<address>)')
    .replace(/, error found in #\d+ byte of .*$/s, '')
    .replace(/(\(only additions to existing tolerations\)|for bound claims)\n.*$/s, '$1')
    .replaceAll(', application/vnd.kubernetes.protobuf', '')
    .replaceAll(/-token-[a-z0-9]{5}\b/g, '-token-<id>')
    .replaceAll(/\.[0-9a-f]{15,16}\b/g, '.<event>')
}

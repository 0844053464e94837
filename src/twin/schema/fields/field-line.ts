import type { Field, FieldType, ScalarKind } from './field.ts'

const scalarKinds: Readonly<Record<string, ScalarKind>> = {
  any: 'Any',
  boolean: 'Boolean',
  bytes: 'Bytes',
  double: 'Double',
  int32: 'Int32',
  int64: 'Int64',
  intOrString: 'IntOrString',
  microTime: 'MicroTime',
  object: 'Object',
  quantity: 'Quantity',
  string: 'String',
  time: 'Time',
}

/**
 * Reads one line of the tables: `NAME[!] TYPE FLAG…`, with `!` for required; TYPE is a scalar, a struct (`core/v1.Pod`), `[TYPE]` a list,
 * `{TYPE}` a map, `*` before it a pointer; FLAG is `always`, `omitzero`, `patch=STRATEGY[:KEY]`, `list=TYPE[:KEY+KEY]`, `map=atomic`,
 * `default=JSON`, `since=MINOR`, `until=MINOR`.
 */
export function parseFieldLine(line: string): Field {
  const [name = '', type = '', ...flags] = line.split(' ')
  const flag = new Map(flags.map((text) => splitAt(text, '=')))
  return {
    name: name.replace('!', ''),
    type: parseType(type.replace('*', '')),
    required: name.endsWith('!'),
    pointer: type.startsWith('*'),
    encoded: flag.has('always') ? 'Always' : flag.has('omitzero') ? 'NonZero' : 'NonEmpty',
    ...mergeRules(flag),
    ...(flag.has('map') ? { map: 'atomic' as const } : {}),
    ...(flag.has('default') ? { default: JSON.parse(flag.get('default') ?? 'null') as unknown } : {}),
    ...(flag.has('since') ? { sinceMinor: Number(flag.get('since')) } : {}),
    ...(flag.has('until') ? { untilMinor: Number(flag.get('until')) } : {}),
  }
}

function mergeRules(flag: ReadonlyMap<string, string>): Pick<Field, 'patch' | 'list'> {
  const [strategy, mergeKey] = splitAt(flag.get('patch') ?? '', ':')
  const [listType, keys] = splitAt(flag.get('list') ?? '', ':')
  return {
    ...(strategy === '' ? {} : { patch: { strategy: strategy.replace('+', ','), ...(mergeKey === '' ? {} : { mergeKey }) } }),
    ...(isListType(listType) ? { list: { type: listType, keys: keys === '' ? [] : keys.split('+') } } : {}),
  }
}

function parseType(text: string): FieldType {
  const inner = text.slice(1, -1)
  if (text.startsWith('[')) return { kind: 'List', of: parseType(inner) }
  if (text.startsWith('{')) return { kind: 'Map', of: parseType(inner) }
  const kind = scalarKinds[text]
  return kind === undefined ? { kind: 'Struct', name: text } : { kind }
}

function isListType(text: string): text is 'atomic' | 'map' | 'set' {
  return text === 'atomic' || text === 'map' || text === 'set'
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

import lines from './field-numbers.json' with { type: 'json' }

/** What a number of a message stands for: a field that JSON has under this name, or a message whose fields JSON has in place of it. */
export type NumberedField = { readonly kind: 'Named'; readonly name: string } | { readonly kind: 'InPlace'; readonly message: string }

const table: Readonly<Record<string, string>> = lines
const read = new Map<string, ReadonlyMap<number, NumberedField>>()

/**
 * The numbers of a type (`core/v1.PodSpec`); undefined for one that is not known to be sent in this way.
 * Source: Kubernetes, `generated.proto` beside its API types; written by `scripts/kubernetes-protobuf.mjs`.
 */
export function fieldNumbers(type: string): ReadonlyMap<number, NumberedField> | undefined {
  const line = Object.hasOwn(table, type) ? table[type] : undefined
  if (line === undefined) return undefined
  const numbers = read.get(type) ?? new Map(line.split(', ').filter(Boolean).map(numberedField))
  read.set(type, numbers)
  return numbers
}

function numberedField(entry: string): readonly [number, NumberedField] {
  const [number = '', name = ''] = entry.split(' ')
  return [Number(number), name.startsWith('...') ? { kind: 'InPlace', message: name.slice(3) } : { kind: 'Named', name }]
}

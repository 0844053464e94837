import type { Field, FieldType } from '../fields/field.ts'
import type { StructTypes } from '../fields/struct-type.ts'

/** From this minor on a time that is not set is left out; before it was `null`. */
const omitsZeroTimes = 34

/** What the server encodes for a field that nobody has set; undefined where it encodes nothing. */
export function zeroOf(field: Field, structs: StructTypes): unknown {
  const { type, pointer, encoded } = field
  if (pointer) return encoded === 'Always' ? null : undefined
  if (type.kind === 'Struct') return zeroStruct(type.name, structs)
  if (encoded === 'NonZero' && structs.minor >= omitsZeroTimes) return undefined
  return encoded === 'Always' || isEncodedAsStruct(type) ? zeroValue(type) : undefined
}

/** A struct is never empty to the encoder. */
function isEncodedAsStruct({ kind }: FieldType): boolean {
  return kind === 'Time' || kind === 'MicroTime' || kind === 'Quantity'
}

/** What a value of a type is before anybody has set it. */
export function zeroValue({ kind }: FieldType): unknown {
  switch (kind) {
    case 'Boolean':
      return false
    case 'Double':
    case 'Int32':
    case 'Int64':
    case 'IntOrString':
      return 0
    case 'Quantity':
      return '0'
    case 'String':
      return ''
    default:
      return null
  }
}

function zeroStruct(name: string, structs: StructTypes): unknown {
  const struct = structs.get(name)
  if (struct === undefined) return undefined
  const entries = [...struct.fields.values()].map((field) => [field.name, zeroOf(field, structs)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

import type { FieldType } from '../fields/field.ts'

/** A value that cannot be what its field is. */
export interface DecodeProblem {
  /** Structs and fields from the kind to the value, outermost first; the field is absent for items of lists and maps. */
  readonly trail: readonly TrailStep[]
  readonly type: FieldType
  readonly value: unknown
}

export interface TrailStep {
  /** `apps/v1.DeploymentSpec`, `[]core/v1.Container`. */
  readonly struct: string
  readonly field?: string
}

/** From this minor on bodies are read by sigs.k8s.io/json, before by json-iterator; each has words of its own. */
const newDecoder = 23

/** Why a body could not be read, in the words of a server of that minor, without the excerpt of the text that older ones add. */
export function decodeMessage(problem: DecodeProblem, minor: number): string {
  return minor >= newDecoder ? unmarshalMessage(problem) : iteratorMessage(problem)
}

function unmarshalMessage({ trail, type, value }: DecodeProblem): string {
  const own = parseMessage(type, value)
  if (own !== undefined) return own
  const found = kindOf(value) === 'number' && isInteger(type) ? `number ${JSON.stringify(value)}` : kindOf(value)
  const fields = trail.flatMap(({ field }) => field ?? [])
  const holder = trail.findLast(({ field }) => field !== undefined)
  const where = holder === undefined ? 'Go value' : `Go struct field ${shortName(holder.struct).split('.')[1]}.${fields.join('.')}`
  return `json: cannot unmarshal ${found} into ${where} of type ${goType(type)}`
}

function iteratorMessage({ trail, type, value }: DecodeProblem): string {
  const steps = trail.map(({ struct, field }) => (field === undefined ? goStruct(struct) : `${goStruct(struct)}.${goField(field)}`))
  // the digits before the exponent are taken for the whole number, and the struct around it does not go on as it should
  if (isInteger(type) && hasExponent(value)) return [...steps.slice(0, -1), 'struct Decode: expect }, but found e'].join(': ')
  const list = type.kind === 'List' && type.of.kind === 'Struct' ? [goType(type)] : []
  return [...steps, ...list, iteratorReason(type, value)].join(': ')
}

function iteratorReason(type: FieldType, value: unknown): string {
  const own = parseMessage(type, value)
  if (own !== undefined) return `unmarshalerDecoder: ${own}`
  const first = JSON.stringify(value).slice(0, 1)
  switch (type.kind) {
    case 'Struct':
    case 'Object':
      return `readObjectStart: expect { or n, but found ${first}`
    case 'Map':
      return `ReadMapCB: expect { or n, but found ${first}`
    case 'List':
      return `decode slice: expect [ or n, but found ${first}`
    case 'Boolean':
      return `ReadBool: expect t or f, but found ${first}`
    case 'Int32':
    case 'Int64':
      return integerReason(type.kind === 'Int32' ? 'readUint32' : 'readUint64', value)
    default:
      return `ReadString: expects " or n, but found ${first}`
  }
}

function integerReason(reader: string, value: unknown): string {
  if (typeof value !== 'number') return `${reader}: unexpected character: \ufffd`
  return Number.isInteger(value) ? `${reader}: overflow` : 'assertInteger: can not decode float as int'
}

/** Of types that read themselves. */
function parseMessage(type: FieldType, value: unknown): string | undefined {
  if (type.kind === 'Quantity') return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  if (type.kind === 'IntOrString') return `json: cannot unmarshal ${kindOf(value)} into Go value of type int32`
  if (type.kind === 'Bytes' && typeof value === 'string') return 'illegal base64 data at input byte 0'
  if (type.kind !== 'Time' && type.kind !== 'MicroTime') return undefined
  if (typeof value !== 'string') return `json: cannot unmarshal ${kindOf(value)} into Go value of type string`
  const layout = type.kind === 'Time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  return `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`
}

/** Whether a number is so large that nobody writes all its digits. */
function hasExponent(value: unknown): boolean {
  return typeof value === 'number' && JSON.stringify(value).includes('e')
}

function isInteger({ kind }: FieldType): boolean {
  return kind === 'Int32' || kind === 'Int64'
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return value === null ? 'null' : typeof value
}

function goType(type: FieldType): string {
  switch (type.kind) {
    case 'Struct':
      return shortName(type.name)
    case 'List':
      return `[]${goType(type.of)}`
    case 'Map':
      return `map[string]${goType(type.of)}`
    case 'Boolean':
      return 'bool'
    case 'Double':
      return 'float64'
    case 'Bytes':
      return '[]uint8'
    case 'Int32':
    case 'Int64':
      return type.kind.toLowerCase()
    case 'Quantity':
      return 'resource.Quantity'
    default:
      return 'string'
  }
}

function goStruct(struct: string): string {
  return struct.startsWith('[]') ? `[]${shortName(struct.slice(2))}` : shortName(struct)
}

/** `v1.Deployment` of `apps/v1.Deployment`. */
function shortName(struct: string): string {
  return struct.slice(struct.indexOf('/') + 1)
}

function goField(field: string): string {
  if (field === 'metadata') return 'ObjectMeta'
  return field.charAt(0).toUpperCase() + field.slice(1)
}

import type { Field } from './field.ts'
import { parseFieldLine } from './field-line.ts'
import { fieldLines } from './kubernetes-tables.ts'

/** A struct as one minor of Kubernetes 1 knows it. */
export interface StructType {
  readonly name: string
  /** In the order in which the server encodes them. */
  readonly fields: ReadonlyMap<string, Field>
  /** Server-side apply takes it as one value. */
  readonly atomic: boolean
}

/** Line of a type that says something of the whole type. */
const typeLine = '- '

/** The built-in structs as one minor knows them, each read when it is first asked for. */
export class StructTypes {
  readonly minor: number
  readonly #read = new Map<string, StructType | undefined>()

  constructor(minor: number) {
    this.minor = minor
  }

  /** By name: `core/v1.PodSpec`. */
  get(name: string): StructType | undefined {
    if (!this.#read.has(name)) this.#read.set(name, this.#readStruct(name))
    return this.#read.get(name)
  }

  #readStruct(name: string): StructType | undefined {
    const lines = fieldLines[name]
    if (lines === undefined) return undefined
    const fields = lines.filter((line) => !line.startsWith(typeLine)).map(parseFieldLine)
    const known = fields.filter(({ sinceMinor = 0, untilMinor = this.minor }) => sinceMinor <= this.minor && this.minor <= untilMinor)
    return { name, fields: new Map(known.map((field) => [field.name, field])), atomic: lines.includes('- map=atomic') }
  }
}

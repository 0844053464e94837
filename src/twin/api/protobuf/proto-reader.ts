/** What cannot be read as a message; its text goes to the client. */
export class ProtoProblem extends Error {}

/** How a value is written. Source: Protocol Buffers, Encoding; groups are not used by Kubernetes. */
export type ProtoValue =
  | { readonly kind: 'Varint'; readonly value: bigint }
  | { readonly kind: 'Fixed'; readonly bytes: Uint8Array }
  | { readonly kind: 'Bytes'; readonly bytes: Uint8Array }

export interface ProtoField {
  readonly number: number
  readonly value: ProtoValue
}

/** The fields of a message in the order in which they were written. Throws `ProtoProblem`. */
export function* protoFields(bytes: Uint8Array): Generator<ProtoField> {
  const reader = new Reader(bytes)
  while (!reader.atEnd) {
    const tag = Number(reader.varint())
    const number = Math.floor(tag / 8)
    if (number === 0) throw new ProtoProblem(`proto: illegal tag 0 (wire type ${tag % 8})`)
    yield { number, value: reader.value(tag % 8) }
  }
}

/** Numbers written one after the other without tags. Throws `ProtoProblem`. */
export function packedVarints(bytes: Uint8Array): readonly bigint[] {
  const reader = new Reader(bytes)
  const numbers: bigint[] = []
  while (!reader.atEnd) numbers.push(reader.varint())
  return numbers
}

/** The last value of one field, as the readers of all languages take it. */
export function lastValue(bytes: Uint8Array, number: number): ProtoValue | undefined {
  let found: ProtoValue | undefined
  for (const field of protoFields(bytes)) if (field.number === number) found = field.value
  return found
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw new ProtoProblem('unexpected EOF')
      this.#at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new ProtoProblem('proto: integer overflow')
  }

  value(wireType: number): ProtoValue {
    switch (wireType) {
      case 0:
        return { kind: 'Varint', value: this.varint() }
      case 1:
        return { kind: 'Fixed', bytes: this.#take(8) }
      case 2:
        return { kind: 'Bytes', bytes: this.#take(Number(this.varint())) }
      case 5:
        return { kind: 'Fixed', bytes: this.#take(4) }
      default:
        throw new ProtoProblem(`proto: illegal wireType ${wireType}`)
    }
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new ProtoProblem('unexpected EOF')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}

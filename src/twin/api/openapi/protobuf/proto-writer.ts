/** Writes one message of Protocol Buffers; fields whose value is undefined, empty or false are left out. Source: Protocol Buffers, Encoding. */
export class ProtoWriter {
  readonly #pieces: Uint8Array[] = []
  #size = 0

  text(field: number, value: unknown): this {
    return typeof value === 'string' && value !== '' ? this.#bytes(field, encoder.encode(value)) : this
  }

  texts(field: number, values: unknown): this {
    if (Array.isArray(values)) for (const value of values) this.text(field, value)
    return this
  }

  flag(field: number, value: unknown): this {
    return value === true ? this.#push(varint(field << 3), varint(1)) : this
  }

  /** A nested message, also an empty one. */
  message(field: number, message: ProtoWriter | undefined): this {
    return message === undefined ? this : this.#bytes(field, message.finish())
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#size)
    let at = 0
    for (const piece of this.#pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  #bytes(field: number, bytes: Uint8Array): this {
    return this.#push(varint((field << 3) | 2), varint(bytes.length), bytes)
  }

  #push(...pieces: readonly Uint8Array[]): this {
    for (const piece of pieces) {
      this.#pieces.push(piece)
      this.#size += piece.length
    }
    return this
  }
}

const encoder = new TextEncoder()

/** Seven bits in each byte, the lowest first; `value` is below 2^31. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Uint8Array.from([...bytes, rest])
}

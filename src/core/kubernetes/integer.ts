import { z } from 'zod'

/** An integer of 32 bits, as `format: int32` says. */
export function int32() {
  return z.int32().meta({ format: 'int32' })
}

/** An integer of `format: int64`; beyond ±2^53 it is refused, as JSON numbers of JavaScript cannot hold it exactly. */
export function int64() {
  return z.int().meta({ format: 'int64' })
}

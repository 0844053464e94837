import { lastValue, ProtoProblem } from './proto-reader.ts'
import { messageBytes, textAt } from './proto-scalar.ts'

/** An object that says what it is. */
export interface Envelope {
  /** Empty where the client has not said it. */
  readonly apiVersion: string
  readonly kind: string
  readonly message: Uint8Array
}

/** The first bytes of each: `k8s` and a zero. */
const magic = [0x6b, 0x38, 0x73, 0x00]

/** Unwraps what is sent as `application/vnd.kubernetes.protobuf`. Throws `ProtoProblem`. Source: Kubernetes, apimachinery runtime.Unknown. */
export function openEnvelope(body: Uint8Array): Envelope {
  if (magic.some((byte, index) => body[index] !== byte)) {
    throw new ProtoProblem(`provided data does not appear to be a protobuf message, expected prefix [${magic.join(' ')}]`)
  }
  const unknown = body.subarray(magic.length)
  const typeMeta = bytesAt(unknown, 1)
  return { apiVersion: textAt(typeMeta, 1), kind: textAt(typeMeta, 2), message: bytesAt(unknown, 2) }
}

function bytesAt(bytes: Uint8Array, number: number): Uint8Array {
  const value = lastValue(bytes, number)
  return value === undefined ? new Uint8Array() : messageBytes(value)
}

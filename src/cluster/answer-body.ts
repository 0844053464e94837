import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { FalkirkError } from '../core/falkirk-error.ts'

const gunzipBuffer = promisify(gunzip)

/** Above any page of 500 objects (1.5 MB each at most, in practice a few KB), below the longest string of V8. */
const maxAnswerBytes = 256 * 1024 * 1024

/** Reads a whole body, unpacked. Throws FK_API_REFUSED when it is larger than `maxBytes`, packed or unpacked. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string | undefined,
  maxBytes: number = maxAnswerBytes,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks, size)
  return contentEncoding === 'gzip' ? unpack(whole, maxBytes) : whole
}

async function unpack(packed: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzipBuffer(packed, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes)
    throw error
  }
}

function tooLarge(maxBytes: number): FalkirkError {
  return new FalkirkError('FK_API_REFUSED', `the answer is larger than ${maxBytes / 1024 / 1024} MiB: ask for it in pages`)
}

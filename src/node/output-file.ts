import { createWriteStream } from 'node:fs'
import { Transform, type Writable } from 'node:stream'
import type { HostOutput } from './host.ts'

/** Streams, one behind the other, that end in the file. They fail, with a sentence, when more comes than the file may take. */
export function outputFile({ file, mostBytes }: HostOutput): readonly [Transform, Writable] {
  let size = 0
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > mostBytes) done(new RangeError(`the host sends more than ${mostBytes} bytes`))
      else done(null, chunk)
    },
  })
  return [limit, createWriteStream(file, { mode: 0o600 })]
}

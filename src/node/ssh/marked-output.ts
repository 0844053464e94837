import { Transform } from 'node:stream'
import { outputLimit } from '../host.ts'
import { type ProcessEnd, readableText } from '../run-process.ts'

/** What start-up files of a login may print before anything begins, bytes. */
export const noiseLimit = 32_768

/** What of an output is the script's own. */
export interface MarkedOutput {
  /** The script has begun: whoever ran it was root. */
  readonly began: boolean
  /** Absent: it was not seen to end. */
  readonly exitCode?: number
  /** Of a script that has not begun: what was said instead. */
  readonly stdout: string
  readonly stderr: string
}

/** Takes the marks of the bootstrap out of what ssh has printed. */
export function markedOutput({ stdout, stderr }: ProcessEnd, mark: string): MarkedOutput {
  const end = new RegExp(`^${mark} (\\d{1,3})$`, 'm').exec(stderr.tail.toString('latin1'))
  const said = behindMark(stderr.head, mark)
  const out = behindMark(stdout.head, mark) ?? stdout.head
  const endAt = said?.indexOf(`${mark} `) ?? -1
  return {
    began: said !== undefined,
    ...(end === null ? {} : { exitCode: Number(end[1]) }),
    stdout: readableText(out.subarray(0, outputLimit)),
    stderr: readableText((said ?? stderr.head).subarray(0, endAt === -1 ? outputLimit : Math.min(endAt, outputLimit))),
  }
}

function behindMark(bytes: Buffer, mark: string): Buffer | undefined {
  const line = `${mark}\n`
  const at = bytes.indexOf(line)
  return at === -1 ? undefined : bytes.subarray(at + line.length)
}

/** Passes on what comes behind the line of the mark. */
export function afterMark(mark: string): Transform {
  let before: Buffer | undefined = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (before === undefined) return done(null, chunk)
      before = Buffer.concat([before, chunk])
      const rest = behindMark(before, mark)
      if (rest !== undefined) before = undefined
      else if (before.length > noiseLimit) return done(new RangeError(`more than ${noiseLimit} bytes came before what was asked for`))
      done(null, rest)
    },
  })
}

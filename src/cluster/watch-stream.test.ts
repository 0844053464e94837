import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApiStream } from './transport.ts'
import { LineSplitter, readWatch, type WatchEvent } from './watch-stream.ts'

/** The bytes in pieces that end at the given offsets. */
function pieces(bytes: Uint8Array, ends: readonly number[]): Uint8Array[] {
  const cuts = [0, ...ends.map((end) => end % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.slice(cuts[i], end))
}

function streamOf(...texts: (string | Error)[]): ApiStream {
  return {
    close: () => {},
    async *[Symbol.asyncIterator]() {
      for (const text of texts) {
        if (text instanceof Error) throw text
        yield Buffer.from(text)
      }
    },
  }
}

async function eventsOf(stream: ApiStream): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  await readWatch(stream, (event) => events.push(event))
  return events
}

describe('lines', () => {
  it('are the same whatever pieces they come in, cut characters included', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\n', 'ü'))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.array(fc.nat(500), { maxLength: 20 }), (lines, ends) => {
        const splitter = new LineSplitter()
        const seen: string[] = []
        for (const piece of pieces(Buffer.from(lines.map((text) => `${text}\n`).join('')), ends)) {
          splitter.push(piece, (bytes) => seen.push(bytes.toString('utf8')))
          piece.fill(0)
        }
        expect(seen).toEqual(lines.filter((text) => text !== ''))
      }),
    )
  })

  it('that never end are not collected for ever', () => {
    const splitter = new LineSplitter()
    const megabyte = Buffer.alloc(1024 * 1024, 'x')
    expect(() => {
      for (let i = 0; i < 40; i++) splitter.push(megabyte, () => {})
    }).toThrow('more than 32 MiB')
  })
})

describe('a watch', () => {
  it('gives its events and drops what was cut off at its end', async () => {
    const events = await eventsOf(streamOf('{"type":"ADDED","obj', 'ect":{"a":1}}\n{"type":"BOOKMARK","object":{}}\n{"type":"MOD'))
    expect(events).toEqual([
      { type: 'ADDED', object: { a: 1 } },
      { type: 'BOOKMARK', object: {} },
    ])
  })

  it.each(['<html>\n', '"text"\n', 'null\n', '{}\n', '{"type":1,"object":{}}\n', '{"type":"ADDED"}\n'])(
    'fails at a line such as %j',
    async (line) => {
      await expect(eventsOf(streamOf(line))).rejects.toThrow('the API server sent')
    },
  )

  it('fails when its connection breaks', async () => {
    await expect(eventsOf(streamOf('{"type":"A","object":{}}\n', new Error('ECONNRESET')))).rejects.toThrow('ECONNRESET')
  })
})

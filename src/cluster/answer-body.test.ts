import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readBody } from './answer-body.ts'

const mebibyte = 1024 * 1024

async function* pieces(...parts: Uint8Array[]) {
  yield* parts
}

it.each([
  { encoding: undefined, body: [Buffer.from('{"a":'), Buffer.from('1}')] },
  { encoding: 'gzip', body: [gzipSync('{"a":1}').subarray(0, 9), gzipSync('{"a":1}').subarray(9)] },
])('puts the pieces together, encoding $encoding', async ({ encoding, body }) => {
  expect((await readBody(pieces(...body), encoding)).toString()).toBe('{"a":1}')
})

it('takes a body of exactly the limit', async () => {
  expect(await readBody(pieces(Buffer.alloc(mebibyte)), undefined, mebibyte)).toHaveLength(mebibyte)
  expect(await readBody(pieces(gzipSync(Buffer.alloc(mebibyte))), 'gzip', mebibyte)).toHaveLength(mebibyte)
})

it.each([
  { what: 'plain', encoding: undefined, body: Buffer.alloc(mebibyte + 1) },
  { what: 'unpacked', encoding: 'gzip', body: gzipSync(Buffer.alloc(mebibyte + 1)) },
])('refuses what is larger, $what, and says to ask in pages', async ({ encoding, body }) => {
  await expect(readBody(pieces(body), encoding, mebibyte)).rejects.toMatchObject({
    code: 'FK_API_REFUSED',
    message: 'the answer is larger than 1 MiB: ask for it in pages',
  })
})

it('stops reading when the limit is passed', async () => {
  let read = 0
  async function* endless() {
    for (;;) {
      read += 1
      yield Buffer.alloc(mebibyte)
    }
  }
  await expect(readBody(endless(), undefined, 3 * mebibyte)).rejects.toThrow()
  expect(read).toBe(4)
})

it('a body that is no gzip is an error', async () => {
  await expect(readBody(pieces(Buffer.from('{}')), 'gzip')).rejects.toThrow()
})

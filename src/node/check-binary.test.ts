import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { orderDigest, type RecipeOrder } from '../core/recipe/recipe-order.ts'
import { checkBinary } from './check-binary.ts'
import { fileSha256 } from './file-sha256.ts'

const folder = mkdtempSync(join(tmpdir(), 'falkirk-check-'))
const file = join(folder, 'k3s')
writeFileSync(file, 'the new binary')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const own = process.arch === 'x64' ? 'amd64' : 'arm64'
const other = own === 'amd64' ? 'arm64' : 'amd64'

function checked(changes: Partial<RecipeOrder>) {
  const order: RecipeOrder = { recipe: 'k3s', run: 'uid', version: 'v1.31.2+k3s1', pinned: true, sha256: {}, url: {}, ...changes }
  return checkBinary(JSON.stringify(order), orderDigest(order), file)
}

describe('a binary', () => {
  it('with the checksum of this architecture is taken', async () => {
    const sha256 = await fileSha256(file)
    expect(await checked({ sha256: { [own]: sha256, [other]: '0'.repeat(64) } })).toMatchObject({ kind: 'Checked', sha256 })
  })

  it('is whatever the image holds where no checksums are named', async () => {
    expect(await checked({ pinned: false })).toMatchObject({ kind: 'Checked', sha256: await fileSha256(file) })
  })

  it.each([
    {
      what: 'another checksum',
      sha256: { [own]: '0'.repeat(64) },
      message: /wrong checksum: sha256 is [0-9a-f]{64} and should be 0{64}; nothing was touched/,
    },
    {
      what: 'a checksum of another architecture alone',
      sha256: { [other]: '0'.repeat(64) },
      message: /checksums has none for v1\.31\.2\+k3s1 on a\w+64: add it/,
    },
    { what: 'checksums of other versions alone', sha256: {}, message: /checksums has none for v1\.31\.2\+k3s1/ },
  ])('with $what is refused', async ({ sha256, message }) => {
    expect(await checked({ sha256 })).toMatchObject({ kind: 'Refused', message: expect.stringMatching(message) })
  })
})

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderDigest, type RecipeOrder } from '../core/recipe/recipe-order.ts'
import { ownArchitecture } from './check-binary.ts'
import { fetchBinary } from './fetch-binary.ts'

const content = Buffer.from('the new binary\n'.repeat(50_000))
const sha256 = createHash('sha256').update(content).digest('hex')

let server: Server
let folder: string
let file: string
const asked: string[] = []

const answers: Readonly<Record<string, (response: ServerResponse, count: number) => void>> = {
  '/k3s': (response) => response.end(content),
  '/moved': (response) => response.writeHead(302, { location: '/k3s' }).end(),
  '/missing': (response) => response.writeHead(404).end(),
  '/later': (response, count) => (count < 3 ? response.writeHead(503).end() : response.end(content)),
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 1_000), () => response.destroy())
  },
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-fetch-'))
  file = join(folder, 'k3s')
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://here').pathname
    asked.push(path)
    answers[path]?.(response, asked.filter((one) => one === path).length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function fetched(path: string, expected = sha256) {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}?signature=hunter2`
  const own = ownArchitecture()
  const order: RecipeOrder = {
    recipe: 'k3s',
    run: 'uid',
    version: 'v1.31.2+k3s1',
    pinned: true,
    sha256: { [own]: expected },
    url: path === '' ? {} : { [own]: address },
  }
  const said: string[] = []
  const means = { say: (line: string) => said.push(line), sleep: async () => {} }
  const problem = await fetchBinary(JSON.stringify(order), orderDigest(order), file, means)
  expect(`${problem} ${said}`).not.toContain('hunter2')
  return problem
}

describe('a binary with an address', () => {
  it.each(['/k3s', '/moved', '/later'])('%s is fetched whole, and can be run', async (path) => {
    expect(await fetched(path)).toBeUndefined()
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o755)
  })

  it.each([
    { path: '/missing', message: /^http:\/\/127\.0\.0\.1:\d+\/missing cannot be fetched: the server answered 404; nothing was touched$/ },
    { path: '/broken', message: /\/broken cannot be fetched: .+; nothing was touched$/ },
    { path: '', message: /checksums has none for v1\.31\.2\+k3s1 on a\w+64: add it/ },
  ])('"$path" is refused', async ({ path, message }) => {
    expect(await fetched(path)).toMatch(message)
  })

  it('that is another file is refused', async () => {
    expect(await fetched('/k3s', '0'.repeat(64))).toMatch(/wrong checksum: sha256 is [0-9a-f]{64} and should be 0{64}; nothing was touched/)
  })
})

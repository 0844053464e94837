import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { HostOrder } from '../../core/recipe/host-order.ts'
import { hostRecipe } from '../../core/recipe/host-recipe.ts'
import { type HostLook, hostFacts, orderFor } from '../../core/recipe/k3s/host-facts.test-support.ts'
import { fileSha256 } from '../../node/file-sha256.ts'
import { releaseFolder } from '../../node/release-folder.ts'
import { filledRecipe } from './order-files.ts'

const version = 'v1.33.7+k3s1'
const look: HostLook = { name: 'agent-1', role: 'agent', version: 'v1.32.11+k3s1' }
const folder = mkdtempSync(join(tmpdir(), 'falkirk-order-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

mkdirSync(join(folder, version))
const file = join(folder, version, 'k3s')
writeFileSync(file, 'the program')

async function asked({ sha256, url, at = folder }: { readonly sha256?: string; readonly url?: string; readonly at?: string }) {
  const { binaries, ...order } = orderFor(look, { step: 'Stage', version, part: 'Worker' })
  const k3s = { sha256: sha256 ?? (await fileSha256(file)), ...(url === undefined ? {} : { url }) }
  const whole: HostOrder = { ...order, binaries: { ...binaries, k3s } }
  return await filledRecipe(whole, hostFacts(look), { recipeOf: hostRecipe, folders: (layout) => releaseFolder(`${at}/${layout}`) })
}

it('sends what this machine has, wherever else it could be fetched', async () => {
  const found = await asked({ url: 'https://example.com/k3s' })
  expect(found).toMatchObject({ kind: 'Recipe', files: new Map([['put-program', file]]) })
})

it('has the host fetch what this machine does not have', async () => {
  const found = await asked({ url: 'https://example.com/k3s', at: '/nowhere' })
  expect(found).toMatchObject({ recipe: { steps: [{ name: 'fetch-program', kind: 'Run' }] }, files: new Map() })
})

it.each([
  {
    what: 'another file than the run wants',
    of: { sha256: '0'.repeat(64) },
    message: /k3s has the wrong checksum: sha256 is \w{64} and should be 0{64}; nothing was sent/,
  },
  {
    what: 'a file that is nowhere',
    of: { at: '/nowhere' },
    message: /^agent-1: k3s of v1\.33\.7\+k3s1 is not on this machine and has no address: name the folder/,
  },
])('refuses $what', async ({ of, message }) => {
  expect(await asked(of)).toMatchObject({ kind: 'Refused', message: expect.stringMatching(message) })
})

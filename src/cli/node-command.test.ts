import { afterEach, expect, it, vi } from 'vitest'
import { orderDigest, type RecipeOrder } from '../core/recipe/recipe-order.ts'
import { nodeCommand } from './node-command.ts'

vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const order: RecipeOrder = {
  recipe: 'k3s',
  run: '6b1f',
  version: 'v1.30.5+k3s1',
  pinned: true,
  sha256: { amd64: '0'.repeat(64), arm64: '0'.repeat(64) },
  url: { amd64: 'http://127.0.0.1:1/k3s', arm64: 'http://127.0.0.1:1/k3s' },
}

afterEach(() => {
  vi.restoreAllMocks()
})

it('says all on one stream: a pod has one log, and the verdict of an error is the last of it', async () => {
  const said: string[] = []
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  const flags = ['--order', JSON.stringify(order), '--digest', orderDigest(order), '--binary', '/nowhere/k3s']
  await expect(nodeCommand().parseAsync(['fetch-binary', ...flags], { from: 'user' })).rejects.toThrow('cannot be fetched')
  expect(said.join('')).toContain('it is tried again')
  expect(stdout).not.toHaveBeenCalled()
})

import { describe, expect, it } from 'vitest'
import { orderDigest, type RecipeOrder, readOrder } from './recipe-order.ts'

const order: RecipeOrder = {
  recipe: 'k3s',
  run: 'uid',
  version: 'v1.31.2+k3s1',
  pinned: true,
  sha256: { amd64: 'a'.repeat(64), arm64: 'b'.repeat(64) },
  url: { amd64: 'https://mirror.example.org/k3s' },
}

describe('an order', () => {
  it('is read as it was given, in whatever order its fields come', () => {
    const { sha256, ...rest } = order
    const text = JSON.stringify({ sha256: { arm64: sha256.arm64, amd64: sha256.amd64 }, ...rest })
    expect(readOrder(text, orderDigest(order))).toEqual({ kind: 'Order', order })
  })

  it.each([
    { what: 'another version', text: JSON.stringify({ ...order, version: 'v1.31.3+k3s1' }), message: /does not have the digest/ },
    { what: 'another checksum', text: JSON.stringify({ ...order, sha256: {} }), message: /does not have the digest/ },
    {
      what: 'another address',
      text: JSON.stringify({ ...order, url: { amd64: 'https://elsewhere.example.org/k3s' } }),
      message: /does not have the digest/,
    },
    { what: 'no checksum asked for', text: JSON.stringify({ ...order, pinned: false }), message: /does not have the digest/ },
    { what: 'another recipe', text: JSON.stringify({ ...order, recipe: 'kubeadm' }), message: /recipe is "kubeadm"/ },
    { what: 'a version of a shell', text: JSON.stringify({ ...order, version: '$(reboot)' }), message: /version/ },
    { what: 'a field more', text: JSON.stringify({ ...order, script: 'reboot' }), message: /script|field/ },
    { what: 'no JSON', text: '{', message: /is no JSON/ },
  ])('with $what is refused, and nothing is touched', ({ text, message }) => {
    const read = readOrder(text, orderDigest(order))
    expect(read).toMatchObject({ kind: 'Refused', message: expect.stringMatching(message) })
    expect(read).toMatchObject({ message: expect.stringMatching(/nothing was touched$/) })
  })
})

import { type RecipeOrder, readOrder } from '../core/recipe/recipe-order.ts'
import { fileSha256 } from './file-sha256.ts'

interface Refused {
  readonly kind: 'Refused'
  readonly message: string
}

/** An order with the binary that it asks for, or one sentence on what is wrong with them. */
export type CheckedBinary = { readonly kind: 'Checked'; readonly order: RecipeOrder; readonly sha256: string } | Refused

/** Compares the file with the digest that the order names for this architecture; without any, the file is what its image holds. */
export async function checkBinary(orderText: string, orderDigest: string, file: string): Promise<CheckedBinary> {
  const read = readOrder(orderText, orderDigest)
  if (read.kind === 'Refused') return read
  const { order } = read
  const expected = order.sha256[ownArchitecture()]
  if (expected === undefined && order.pinned) return refused(noChecksum(order))
  const sha256 = await fileSha256(file)
  if (expected !== undefined && expected !== sha256) return refused(wrongChecksum(order, sha256, expected))
  return { kind: 'Checked', order, sha256 }
}

/** As Kubernetes names it. */
export function ownArchitecture(): keyof RecipeOrder['sha256'] {
  return (process.arch === 'x64' ? 'amd64' : process.arch) as keyof RecipeOrder['sha256']
}

export function noChecksum({ version }: RecipeOrder): string {
  return `spec.node.recipe.binary.checksums has none for ${version} on ${ownArchitecture()}: add it; nothing was touched`
}

export function wrongChecksum({ version }: RecipeOrder, sha256: string, expected: string): string {
  return `the binary for ${version} has the wrong checksum: sha256 is ${sha256} and should be ${expected}; nothing was touched`
}

function refused(message: string): Refused {
  return { kind: 'Refused', message }
}

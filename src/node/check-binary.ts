import { type RecipeOrder, readOrder } from '../core/recipe/recipe-order.ts'
import { fileSha256 } from './file-sha256.ts'

/** An order with the binary that it asks for, or one sentence on what is wrong with them. */
export type CheckedBinary =
  | { readonly kind: 'Checked'; readonly order: RecipeOrder; readonly sha256: string }
  | { readonly kind: 'Refused'; readonly message: string }

/** Compares the file with the digest that the order names for this architecture; without any, the file is what its image holds. */
export async function checkBinary(orderText: string, orderDigest: string, file: string): Promise<CheckedBinary> {
  const read = readOrder(orderText, orderDigest)
  if (read.kind === 'Refused') return read
  const { order } = read
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const expected = order.sha256[architecture as keyof typeof order.sha256]
  if (expected === undefined && order.pinned) {
    return refused(`spec.node.recipe.binary.checksums has none for ${order.version} on ${architecture}: add it; nothing was touched`)
  }
  const sha256 = await fileSha256(file)
  if (expected !== undefined && expected !== sha256) {
    return refused(
      `the binary for ${order.version} has the wrong checksum: sha256 is ${sha256} and should be ${expected}; nothing was touched`,
    )
  }
  return { kind: 'Checked', order, sha256 }
}

function refused(message: string): CheckedBinary {
  return { kind: 'Refused', message }
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { schemaProblem } from '../schema-problem.ts'
import { binaryFactsScript } from './scripts/binary-facts.ts'
import { putBinaryScript, replaceBinaryScript, restartServiceScript, restoreBinaryScript } from './scripts/binary-steps.ts'
import { library } from './scripts/library.ts'
import { stepRuntime } from './scripts/step-runtime.ts'

const architecture = z.enum(['amd64', 'arm64', 'arm', 's390x'])
const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What a controller asks of a node: which recipe, to which version. What is on the host is found there. */
export const RecipeOrder = z.strictObject({
  /** `k3s` and `rke2`: one binary that a service of systemd runs. */
  recipe: z.enum(['k3s', 'rke2']),
  /** UID of the ClusterUpgrade: another one does everything anew. */
  run: z.string().min(1).max(64),
  /** As the distribution writes it: `v1.34.2+k3s1`. */
  version: z.string().regex(/^v[0-9][0-9A-Za-z.+-]{1,60}$/),
  /** Only a binary whose digest is named is taken; otherwise whatever the image holds. */
  pinned: z.boolean(),
  /** Digests of the binary by architecture. */
  sha256: z.partialRecord(architecture, digest),
  /** Where the binary is fetched from, by architecture; empty: it is in an image. */
  url: z.partialRecord(architecture, z.string().regex(/^https?:\/\/[^\s@/]{1,250}(\/[^\s]{0,1000})?$/)),
})
export type RecipeOrder = z.infer<typeof RecipeOrder>

/** Everything that a host may be told to run. */
const scripts = [library, binaryFactsScript, stepRuntime, putBinaryScript, replaceBinaryScript, restartServiceScript, restoreBinaryScript]

/** Digest of an order and of the scripts that carry it out, 64 hex digits: two programs of different versions do not agree on it. */
export function orderDigest(order: RecipeOrder): string {
  const { recipe, run, version, pinned } = order
  const byArchitecture = [order.sha256, order.url].map((values) => Object.entries(values).sort())
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([recipe, run, version, pinned, byArchitecture, scripts]))))
}

/** An order, or why it is not carried out. */
export type ReadOrder = { readonly kind: 'Order'; readonly order: RecipeOrder } | { readonly kind: 'Refused'; readonly message: string }

/** Reads an order as it came to the node; one that was changed on the way, or comes from another Falkirk, is refused. */
export function readOrder(text: string, expectedDigest: string): ReadOrder {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'Refused', message: 'the order of the change is no JSON; nothing was touched' }
  }
  const parsed = RecipeOrder.safeParse(json)
  if (!parsed.success) return { kind: 'Refused', message: `${schemaProblem(json, parsed.error, {})}; nothing was touched` }
  if (orderDigest(parsed.data) === expectedDigest) return { kind: 'Order', order: parsed.data }
  const message =
    'the order does not have the digest that it came with: it was changed on the way, or spec.node.recipe.runnerImage is another version of Falkirk than the controller; nothing was touched'
  return { kind: 'Refused', message }
}

import { z } from 'zod'

const optionalVersion = z.string().regex(/^(v[0-9][0-9A-Za-z.+-]{0,60})?$/)

const Systemd = z.object({
  init: z.literal('systemd'),
  /** Services that run the program; what follows is told of the first. */
  units: z.coerce.number().int().min(0),
  /** A program that the steps need and the host lacks. */
  missing: z.string().max(50).exactOptional(),
  unit: z
    .string()
    .regex(/^[\w.@:-]{1,200}\.service$/)
    .exactOptional(),
  role: z.enum(['server', 'agent']).exactOptional(),
  binary: z
    .string()
    .regex(/^\/[\w./+-]{1,250}$/)
    .exactOptional(),
  /** Version of the file on the disk; empty when it does not say any. */
  installed: optionalVersion.exactOptional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  /** Version of the file that the last replacement has kept; empty when there is none. */
  previous: optionalVersion.exactOptional(),
  /** Package that owns the file; empty when none does. */
  package: z.string().max(300).exactOptional(),
  free_kib: z.coerce.number().int().min(0).exactOptional(),
})
const Facts = z.discriminatedUnion('init', [z.object({ init: z.literal('other') }), Systemd])
export type BinaryFacts = z.infer<typeof Facts>

/** Most of what a host may tell, characters. */
const longest = 16_384

/** Reads lines `name=value` as `../scripts/binary-facts.ts` prints them. Undefined: the host said something that no host should. */
export function parseBinaryFacts(text: string): BinaryFacts | undefined {
  if (text.length > longest) return undefined
  const pairs = text.split('\n').flatMap((line) => {
    const [name = '', value] = line.split(/=(.*)/s, 2)
    return value === undefined ? [] : [[name, value] as const]
  })
  const parsed = Facts.safeParse(Object.fromEntries(pairs))
  return parsed.success ? parsed.data : undefined
}

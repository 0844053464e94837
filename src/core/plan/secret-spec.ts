import { z } from 'zod'
import { int32 } from '../kubernetes/integer.ts'

/** A Secret that is mounted into every container of the Job. */
export const SecretSpec = z
  .object({
    defaultMode: int32().describe('File mode of the mounted keys.').exactOptional(),
    ignoreUpdates: z
      .boolean()
      .describe('When true, the Secret may be missing, and a change of its data does not run the Plan again on nodes that are done.')
      .exactOptional(),
    name: z.string().describe('Name of the Secret.'),
    path: z
      .string()
      .describe(
        'Where to mount it: an absolute path, one relative to /run/system-upgrade/secrets, or empty for the name of the Secret there.',
      ),
  })
  .describe('A Secret to mount into the containers of the Job.')
export type SecretSpec = z.infer<typeof SecretSpec>

import { z } from 'zod'
import type { HostOrder } from '../../recipe/host-order.ts'

/** What a run wants of the packages and the boot of each host. */
export type OsWish = NonNullable<HostOrder['os']>

const OsNote = z.object({
  /** UID of the ClusterUpgrade. */
  run: z.string(),
  packages: z.string(),
  reboot: z.string(),
  /** RFC 3339. */
  at: z.string(),
})

/**
 * Written on a node when a run has upgraded the packages of its host, and kept: nothing else in the cluster tells that this was done. The next run
 * writes its own over it.
 */
export function osNote(run: string, { packages, reboot }: OsWish, at: string): string {
  return JSON.stringify({ run, packages, reboot, at } satisfies z.infer<typeof OsNote>)
}

/** Whether a note says that this run has done this; one that cannot be read says nothing. */
export function isNoted(note: string | undefined, run: string, wish: OsWish): boolean {
  if (note === undefined) return false
  try {
    const read = OsNote.safeParse(JSON.parse(note))
    return read.success && read.data.run === run && read.data.packages === wish.packages && read.data.reboot === wish.reboot
  } catch {
    return false
  }
}

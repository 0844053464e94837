/** Milliseconds between one look and the next at a way to the API that is not proven. */
export const askAgainMs = 30_000
/** For so long it may be mended before the run stops, milliseconds; a host may take an hour to be staged. */
const mendMs = 1_800_000

/** What follows from a way to the API that something has to be mended on first. */
export type NoProof =
  /** It is asked again after `askAgainMs`; `says` tells people so. */
  | { readonly kind: 'Again'; readonly says: string }
  /** Somebody has to mend it, and continue the run. */
  | { readonly kind: 'Stop' }

/**
 * Judges whether a way that is not proven is asked again: whoever puts a member back behind its balancer need not tell the run so, as a member that is not
 * Ready is waited for, too.
 *
 * @param holds what has to be mended, one sentence
 * @param waitedMs since it was first found so
 */
export function awaitProof(holds: string, waitedMs: number): NoProof {
  if (waitedMs >= mendMs) return { kind: 'Stop' }
  const left = Math.ceil((mendMs - waitedMs) / 60_000)
  return {
    kind: 'Again',
    says: `${holds}; it is asked again every ${askAgainMs / 1_000} s, for ${left === 1 ? '1 more minute' : `${left} more minutes`}`,
  }
}

import { FalkirkError } from '../core/falkirk-error.ts'

export interface StandAgainPorts {
  readonly signal: AbortSignal
  /** Hears why the Lease was lost, each time. */
  readonly onLost: (error: FalkirkError) => void
}

/**
 * Serves, and stands for election again whenever the Lease was lost, as it is when the only API server of a cluster is away with its host: by then all
 * work of the lost term has ended. For a controller that a person has started; one in the cluster ends, and its kubelet starts another. Throws what
 * `serve` throws otherwise.
 */
export async function standAgain(serve: () => Promise<void>, { signal, onLost }: StandAgainPorts): Promise<void> {
  for (;;) {
    try {
      return await serve()
    } catch (error) {
      if (signal.aborted || !(error instanceof FalkirkError) || error.code !== 'FK_LEASE_LOST') throw error
      onLost(error)
    }
  }
}

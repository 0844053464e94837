import { describe, expect, it } from 'vitest'
import { FalkirkError } from '../core/falkirk-error.ts'
import { standAgain } from './stand-again.ts'

const lost = () => new FalkirkError('FK_LEASE_LOST', 'lost the lease system-upgrade/falkirk', { retry: 'backoff' })

/** A controller whose terms end as they are said to. */
function terms(...ends: readonly (Error | undefined)[]) {
  const left = [...ends]
  const served: string[] = []
  const serve = async () => {
    served.push('served')
    const end = left.shift()
    if (end !== undefined) throw end
  }
  return { serve, served }
}

function ports(signal = new AbortController().signal) {
  const told: string[] = []
  return { told, signal, onLost: ({ message }: FalkirkError) => void told.push(message) }
}

describe('a controller that a person has started', () => {
  it('stands again each time it has lost the Lease, and says so', async () => {
    const { serve, served } = terms(lost(), lost(), undefined)
    const seen = ports()
    await standAgain(serve, seen)
    expect(served).toHaveLength(3)
    expect(seen.told).toEqual([lost().message, lost().message])
  })

  it('ends with what waiting does not mend', async () => {
    const { serve, served } = terms(new FalkirkError('FK_FORBIDDEN', 'may not', { retry: 'never' }), undefined)
    await expect(standAgain(serve, ports())).rejects.toThrow('may not')
    expect(served).toHaveLength(1)
  })

  it('ends when it is stopped in the moment the Lease is lost', async () => {
    const stop = new AbortController()
    const { serve, served } = terms(lost(), undefined)
    stop.abort()
    await expect(standAgain(serve, ports(stop.signal))).rejects.toThrow('lost the lease')
    expect(served).toHaveLength(1)
  })
})

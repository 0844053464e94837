import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below Linux' ephemeral range (32768 and up): no outgoing connection takes the port while an API server is being restarted on it.
const lowest = 20_000
const highest = 32_000

/** `count` different loopback TCP ports on which nothing listens at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  while (found.size < count) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) found.add(port)
  }
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

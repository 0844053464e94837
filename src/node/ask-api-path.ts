import type { AskedHost } from '../core/api-path/api-sight.ts'
import { apiProofScript, parseApiAnswer } from '../core/api-path/proof-script.ts'
import { maskOutput } from '../core/recipe/mask-output.ts'
import type { Host } from './host.ts'
import { HostFault } from './ssh/host-fault.ts'

/** A host, by the name of its node. */
export interface NamedHost {
  readonly name: string
  readonly host: Pick<Host, 'run'>
}

/**
 * Asks hosts all at once how they reach the API, and who answers them there; changes nothing. One that is not heard is an answer too.
 *
 * @param members control planes of the cluster
 */
export async function askApiPath(hosts: readonly NamedHost[], members: number): Promise<readonly AskedHost[]> {
  const script = apiProofScript({ members })
  return await Promise.all(hosts.map((host) => ask(host, script)))
}

async function ask({ name, host }: NamedHost, script: string): Promise<AskedHost> {
  const silent = (message: string): AskedHost => ({ name, kind: 'Silent', message })
  try {
    const read = parseApiAnswer((await host.run(script, 'api-path')).stdout)
    return read.kind === 'Document' ? { name, kind: 'Answered', answer: read.document } : silent(read.message)
  } catch (error) {
    if (!(error instanceof HostFault)) throw error
    return silent(maskOutput(error.message).replaceAll('\n', ' '))
  }
}

import type { ApiClient } from '../../cluster/api-client.ts'
import { isAlreadyExists } from '../../cluster/api-error.ts'
import type { Clock } from '../../cluster/clock.ts'
import { silentLog } from '../../cluster/log.ts'
import { namespaces } from '../../cluster/resource.ts'
import { untilConnected } from '../../controller/until-connected.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { CommandPorts } from './terminal.ts'

/** Sees to it that the namespace of Jobs is there, with the Pod Security that they need; true when it was made. An existing one stays as it is. */
export async function ensureJobNamespace(client: ApiClient, name: string): Promise<boolean> {
  if ((await client.find(namespaces, { name })) !== undefined) return false
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' }
  try {
    await client.create(namespaces, { metadata: { name, labels } })
    return true
  } catch (error) {
    if (isAlreadyExists(error)) return false
    throw error
  }
}

/**
 * The same for a controller, which may be started just while the API server of the node that it changes is away: asks again until it answers. `undefined`
 * when it was interrupted. Throws at once what does not pass by waiting.
 */
export async function untilJobNamespace(
  ensure: () => Promise<boolean>,
  { warn, signal, random, clock }: Pick<CommandPorts, 'warn' | 'signal' | 'random'> & { readonly clock: Clock },
): Promise<boolean | undefined> {
  let told: string | undefined
  const onProblem = (sentence: string | undefined) => {
    if (sentence !== undefined && sentence !== told) warn(`${sentence}; asked again until it answers`)
    told = sentence
  }
  const outcome = await untilConnected(() => ensure().catch(unlessAway), { clock, random, signal, log: silentLog, onProblem })
  if (outcome instanceof Error) throw outcome
  return outcome
}

function unlessAway(error: Error): Error {
  if (error instanceof FalkirkError && error.retry === 'backoff') throw error
  return error
}

import type { ApiClient } from '../../cluster/api-client.ts'
import { listApiNodes } from '../../cluster/list-api-nodes.ts'
import { type ApiNode, apiMembers, hostsToAsk } from '../../core/api-path/api-members.ts'
import type { AskedHost } from '../../core/api-path/api-sight.ts'
import { judgeApiPath, verdictOf } from '../../core/api-path/judge-api-path.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { maskOutput } from '../../core/recipe/mask-output.ts'
import { askApiPath } from '../../node/ask-api-path.ts'
import type { Host } from '../../node/host.ts'
import type { HostSource } from '../shell.ts'

export interface ApiPathPorts {
  readonly client: Pick<ApiClient, 'transport'>
  readonly source: Pick<HostSource, 'of'>
  /** Ends what is being asked. */
  readonly signal: AbortSignal
  /** Tells people what is not proven, and does not hold the run. */
  readonly say: (line: string) => void
}

/**
 * Asks hosts of the cluster whether the API stays reachable while its servers are replaced one by one. Gives what has to be mended first, in one sentence;
 * undefined where nothing holds the run, or all of it is accepted.
 *
 * @param about the control plane that is worked on first
 */
export async function proveApiPath(
  about: string,
  accepted: boolean,
  { client, source, signal, say }: ApiPathPorts,
): Promise<string | undefined> {
  const all = await listApiNodes(client)
  const asked = hostsToAsk(all)
  const controlPlanes = all.filter(({ controlPlane }) => controlPlane).length
  if (controlPlanes < 2) return undefined
  const opened = asked.map((node) => openHost(node, source))
  const close = () => Promise.all(opened.map(({ host }) => host?.close()))
  const end = () => void close()
  signal.addEventListener('abort', end)
  try {
    const hosts = await askAll(opened, controlPlanes)
    const told = hosts.flatMap((host) =>
      host.kind === 'Answered' && host.answer.own !== undefined ? [[host.name, host.answer.own.place] as const] : [],
    )
    const { holds, tells } = verdictOf(judgeApiPath({ members: apiMembers(all, new Map(told)), hosts, about }), accepted)
    for (const line of tells) say(line)
    return holds
  } finally {
    signal.removeEventListener('abort', end)
    await close()
  }
}

type Opened = ApiNode & ({ readonly host: Host & { close(): Promise<void> } } | { readonly host?: undefined; readonly problem: string })

function openHost(node: ApiNode, source: Pick<HostSource, 'of'>): Opened {
  try {
    return { ...node, host: source.of(node) }
  } catch (error) {
    if (!(error instanceof FalkirkError)) throw error
    return { ...node, problem: maskOutput(error.message).replaceAll('\n', ' ') }
  }
}

async function askAll(opened: readonly Opened[], members: number): Promise<readonly AskedHost[]> {
  const named = opened.flatMap(({ name, host }) => (host === undefined ? [] : [{ name, host }]))
  const closed = opened.flatMap((one) =>
    one.host === undefined ? [{ name: one.name, kind: 'Silent' as const, message: one.problem }] : [],
  )
  return [...(await askApiPath(named, members)), ...closed]
}

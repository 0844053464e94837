import { createApiClient } from '../../../cluster/api-client.ts'
import { ApiError } from '../../../cluster/api-error.ts'
import type { Clock } from '../../../cluster/clock.ts'
import { nodes } from '../../../cluster/resource.ts'
import { discoverServer } from '../../../cluster/server-capabilities.ts'
import { assertNever } from '../../../core/assert-never.ts'
import type { ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import type { CourseEnd } from '../../kubelet/pod/container-course.ts'
import { isImage } from '../image-name.ts'
import type { ContainerApi } from './container-api.ts'
import { type KubectlCommand, kubectlCommand } from './drain-command.ts'
import { DrainRun } from './drain-run.ts'

/** Seconds that kubectl needs to start. */
const startSeconds = 0.5

/** `…/kubectl` images: `cordon`, `uncordon` and `drain` really happen, with the rights of the pod's service account. */
export function kubectlContainer(api: ContainerApi, clock: Clock): ImageBehaviour {
  return ({ pod, container }) => {
    if (!isImage(container, 'kubectl')) return undefined
    const words = [...(container.command ?? []), ...(container.args ?? [])].filter((word) => !/(^|\/)kubectl$/.test(word))
    if (!['cordon', 'uncordon', 'drain'].includes(words[0] ?? '')) return undefined
    const command = kubectlCommand(words)
    return { seconds: startSeconds, act: (signal) => runKubectl(command, { transport: api(pod), clock, signal }) }
  }
}

async function runKubectl(
  command: KubectlCommand,
  { transport, clock, signal }: { transport: ReturnType<ContainerApi>; clock: Clock; signal: AbortSignal },
): Promise<CourseEnd> {
  const log: string[] = []
  const end = (exitCode: number): CourseEnd => ({ exitCode, log: log.map((line) => `${line}\n`).join('') })
  if (command.kind === 'Unknown') {
    log.push(command.message)
    return end(1)
  }
  try {
    const client = createApiClient(transport, await discoverServer(transport), { clock })
    const unschedulable = command.kind !== 'Uncordon'
    const node = await client.get<{ metadata: { name: string }; spec?: { unschedulable?: boolean } }>(
      nodes,
      { name: command.node },
      { signal },
    )
    const done = (node.spec?.unschedulable ?? false) === unschedulable
    if (!done) await client.patch(nodes, { name: command.node }, { type: 'strategic', body: { spec: { unschedulable } } }, { signal })
    log.push(`node/${command.node} ${done ? 'already ' : ''}${unschedulable ? 'cordoned' : 'uncordoned'}`)
    switch (command.kind) {
      case 'Cordon':
      case 'Uncordon':
        return end(0)
      case 'Drain':
        return end(await new DrainRun(command, { client, clock, signal, say: (line) => log.push(line) }).run())
      default:
        return assertNever(command)
    }
  } catch (error) {
    if (signal.aborted) return end(130)
    log.push(error instanceof ApiError ? `Error from server (${error.reason}): ${error.message}` : `error: ${String(error)}`)
    return end(1)
  }
}

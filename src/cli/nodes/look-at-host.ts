import { hostFactsScript } from '../../core/host/facts-script.ts'
import { parseHostFacts } from '../../core/host/host-facts.ts'
import { judgeHost } from '../../core/host/judge-host.ts'
import { layoutOf } from '../../core/host/layout.ts'
import type { NodeOverview } from '../../core/host/node-overview.ts'
import { checkHost } from '../../core/inventory/check-host.ts'
import { maskOutput } from '../../core/recipe/mask-output.ts'
import type { KubernetesVersion } from '../../core/version/kubernetes-version.ts'
import type { Host } from '../../node/host.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import type { NodeReport } from './node-report.ts'

export interface LookOptions {
  readonly target?: KubernetesVersion
  readonly now: () => number
}

/** Asks a host for its facts and judges them. A host that cannot be looked at is a report too. */
export async function lookAtHost(node: NodeOverview, host: Host, { target, now }: LookOptions): Promise<NodeReport> {
  const failed = (message: string): NodeReport => ({ node, host: { kind: 'Failed', message }, findings: [] })
  try {
    const beganMs = now()
    const { stdout } = await host.run(hostFactsScript(), 'facts')
    const withinMs = (now() - beganMs) / 2
    const read = parseHostFacts(stdout)
    if (read.kind === 'Refused') return failed(read.message)
    const { facts } = read
    const nowMs = beganMs + withinMs
    const checked = checkHost({ name: node.name, facts, atMs: nowMs, withinMs }, node)
    const another = checked.find(({ check }) => check === 'right-host')
    if (another !== undefined) return failed(`${another.message}; ${another.fix}`)
    const layout = layoutOf(facts)
    const view = { facts, layout, nowMs, withinMs, ...(target === undefined ? {} : { target }) }
    return { node, host: { kind: 'Seen', facts, layout }, findings: judgeHost(view) }
  } catch (error) {
    if (!(error instanceof HostFault)) throw error
    return failed(maskOutput(error.message).replaceAll('\n', ' '))
  }
}

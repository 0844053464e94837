import type { ConformanceCase } from './conformance-case.ts'
import { closeNamespace, openNamespace } from './own-namespace.ts'
import { SideClient } from './side-client.ts'
import type { Side } from './sides/side.ts'
import { Steps } from './steps.ts'
import type { Transcript } from './transcript/transcript.ts'

export interface CaseRun {
  readonly namespace: string
  /** Path of the kubectl that cases use. */
  readonly kubectl: string
  /** Waits until its pods have left the nodes. */
  readonly leavesNodesFree?: boolean
}

/** Runs a case on one side, in a namespace of its own that goes afterwards. */
export async function runCase(
  side: Side,
  { run }: ConformanceCase,
  { namespace, kubectl, leavesNodesFree = false }: CaseRun,
): Promise<Transcript> {
  const client = new SideClient(side)
  try {
    await openNamespace(client, namespace)
    const steps = new Steps({ side, client, namespace, kubectl })
    try {
      await run(steps)
      return steps.transcript()
    } finally {
      await steps.close()
    }
  } finally {
    await closeNamespace(client, namespace, { leavesNodesFree })
    await client.close()
  }
}

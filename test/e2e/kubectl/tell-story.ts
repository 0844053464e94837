import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeNamespace, openNamespace } from '../../conformance/own-namespace.ts'
import { SideClient } from '../../conformance/side-client.ts'
import type { Side } from '../../conformance/sides/side.ts'
import { Session, type ShownCommand } from './session.ts'
import type { Story, Telling } from './story.ts'

export interface Place {
  readonly side: Side
  readonly kubectl: string
  readonly namespace: string
}

/** Tells a story to a server in a namespace of its own, which goes afterwards; what its commands have shown. */
export async function tellStory(story: Story, { side, kubectl, namespace }: Place, telling: Telling): Promise<readonly ShownCommand[]> {
  const home = mkdtempSync(join(tmpdir(), 'falkirk-kubectl-'))
  const client = new SideClient(side)
  try {
    await openNamespace(client, namespace)
    const session = new Session({ client, kubectl, kubeconfig: side.kubeconfig, namespace, home })
    await story.run(session, telling)
    return session.shown
  } finally {
    await closeNamespace(client, namespace, { leavesNodesFree: true })
    await client.close()
    rmSync(home, { recursive: true, force: true })
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session, type ShownCommand } from './session.ts'
import type { Story, Telling } from './story.ts'

export interface Place {
  readonly kubectl: string
  readonly kubeconfig: string
  readonly namespace: string
}

/** Tells a story to a server in a namespace of its own, which goes afterwards; what its commands have shown. */
export async function tellStory(story: Story, place: Place, telling: Telling): Promise<readonly ShownCommand[]> {
  const home = mkdtempSync(join(tmpdir(), 'falkirk-kubectl-'))
  const session = new Session({ ...place, home })
  try {
    await session.quietly('create namespace {ns}')
    // its token is not mounted: a pod then looks the same in all releases
    await session.quietly('get serviceaccount default', { until: /^default/m })
    await session.quietly('patch serviceaccount default -p \'{"automountServiceAccountToken":false}\'')
    await story.run(session, telling)
    return session.shown
  } finally {
    // pods that are still going would be seen by the next story
    await session.quietly('delete namespace {ns} --timeout=90s')
    rmSync(home, { recursive: true, force: true })
  }
}

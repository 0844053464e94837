import type { DraftObject } from '../kube-object.ts'
import type { Twin } from '../twin.ts'
import { type LeftOut, loadObjects } from './load-objects.ts'

/** Puts what comes from a cluster (it has a UID) into a twin that has not been started. Tells what the twin cannot have. */
export async function loadCaptured(twin: Twin, objects: readonly DraftObject[]): Promise<readonly LeftOut[]> {
  const { leftOut } = await loadObjects(twin, objects.filter(isCaptured))
  return leftOut
}

/**
 * Creates what is only wished for in a twin that runs: namespaces first, then what is in them. Before each, `settle` gives the controllers their
 * time, for the service accounts of namespaces. Tells what the twin cannot have.
 */
export async function createWanted(twin: Twin, objects: readonly DraftObject[], settle: () => Promise<void>): Promise<readonly LeftOut[]> {
  const wanted = objects.filter((object) => !isCaptured(object))
  const leftOut: LeftOut[] = []
  for (const stage of [wanted.filter(isNamespace), wanted.filter((object) => !isNamespace(object))]) {
    await settle()
    leftOut.push(...(await loadObjects(twin, stage)).leftOut)
  }
  return leftOut
}

function isCaptured({ metadata }: DraftObject): boolean {
  return Boolean(metadata?.uid)
}

function isNamespace({ kind }: DraftObject): boolean {
  return kind === 'Namespace'
}

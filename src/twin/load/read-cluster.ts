import { open } from 'node:fs/promises'
import { readSnapshot } from '../../cluster/snapshot/read-snapshot.ts'
import type { DraftObject } from '../kube-object.ts'
import { readManifests } from './manifests.ts'

/** The objects of a file, whichever kind of file it is. */
export interface ReadCluster {
  readonly objects: readonly DraftObject[]
  /** Of the API server; a file of manifests does not say it. */
  readonly version?: string
}

/** Reads a snapshot, or objects as `kubectl get -o yaml` prints them. Throws `FalkirkError` FK_SNAPSHOT or FK_MANIFEST. */
export async function readCluster(file: string): Promise<ReadCluster> {
  if (!(await isGzip(file))) return { objects: await readManifests(file) }
  const { header, objects } = await readSnapshot(file)
  return { version: header.server, objects: objects as unknown as readonly DraftObject[] }
}

/** By the two bytes with which every such file begins; a file that cannot be read is none. Source: RFC 1952. */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return false
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } catch {
    // a folder, for one
    return false
  } finally {
    await handle.close()
  }
}

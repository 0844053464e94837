import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeImage } from '../../../scripts/image.mjs'
import { fullReference } from '../../../scripts/oci-archive.mjs'
import { rigImages } from '../../rig/images/rig-images.ts'

/** All images that the tests use on a cluster which somebody else has started. */
export const neededImages = [
  'falkirk:dev',
  'rancher/kubectl:v1.20.2',
  'busybox:1',
  'rig/upgrade-fails:v1.20.2-k3s1',
  'rig/upgrade-nothing:v1.20.2-k3s1',
] as const

/** Writes them into a folder as OCI archives, which container runtimes can load; gives their full references and paths. */
export async function writeNeededImages(folder: string): Promise<{ ref: string; out: string }[]> {
  mkdirSync(folder, { recursive: true })
  const made = await rigImages()
  const written: { ref: string; out: string }[] = []
  for (const ref of neededImages) {
    const out = join(folder, `${ref.replaceAll(/[/:]/g, '_')}.tar`)
    const archive = made.find((image) => image.ref === fullReference(ref))?.archive
    if (archive === undefined) await writeImage({ out, tag: ref })
    else copyFileSync(archive, out)
    written.push({ ref: fullReference(ref), out })
  }
  return written
}

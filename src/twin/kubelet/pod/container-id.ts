import { hash } from 'node:crypto'

/** A container's name in its runtime: the same for the same start of the same container, 64 hexadecimal digits. */
export function containerId(pod: string, container: string, restartCount: number): string {
  return sha256(`${pod}/${container}/${restartCount}`)
}

const imageIds = new Map<string, string>()
const mostImageIds = 1000

/** As a registry's digest would be, the same for the same name. */
export function imageId(image: string): string {
  const known = imageIds.get(image)
  if (known !== undefined) return known
  const repository = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  const id = `${repository}@sha256:${sha256(image)}`
  // images are few and hashed for every status: remembered, as long as they stay few
  if (imageIds.size >= mostImageIds) imageIds.clear()
  imageIds.set(image, id)
  return id
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

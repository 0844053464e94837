import type { Container } from 'kubernetes-types/core/v1'

/** Repository without registry, and tag (empty when there is none): `rancher/k3s-upgrade`, `v1.20.2-k3s1`. */
export interface ImageName {
  readonly repository: string
  readonly tag: string
}

export function imageName(image: string): ImageName {
  const [name = ''] = image.split('@')
  const tag = /:([^:/]*)$/.exec(name)?.[1] ?? ''
  const path = tag === '' ? name : name.slice(0, -(tag.length + 1))
  const [first = '', ...rest] = path.split('/')
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  return { repository: isRegistry ? rest.join('/') : path, tag }
}

/** Whether an image is `name`, by whatever registry or mirror it comes: `rancher/kubectl` is also `mirror.example/hub/rancher/kubectl`. */
export function isImage(container: Container, name: string): boolean {
  // nearly every container is of another image, and each start asks all that are known
  if (container.image?.includes(name) !== true) return false
  const { repository } = imageName(container.image)
  return repository === name || repository.endsWith(`/${name}`)
}

/** The value of a variable that the container's spec sets literally. */
export function envValue(container: Container, name: string): string | undefined {
  return container.env?.findLast((entry) => entry.name === name)?.value
}

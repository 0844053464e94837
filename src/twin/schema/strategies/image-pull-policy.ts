/**
 * What a container's `imagePullPolicy` is when nothing is said: `Always` for the tag `latest` and for none, `IfNotPresent` for every other and for a digest.
 * Source: Kubernetes, Images.
 */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const [reference = '', digest] = image.split('@')
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : undefined
  if (tag === 'latest') return 'Always'
  return tag === undefined && digest === undefined ? 'Always' : 'IfNotPresent'
}

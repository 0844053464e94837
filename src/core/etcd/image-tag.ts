import { type EtcdVersion, etcdText, parseEtcdVersion } from '../version/etcd-version.ts'

/** `registry.k8s.io/etcd:3.5.26-0`, `quay.io/coreos/etcd:v3.5.26`, a tag alone; what follows the version is a build or a processor. */
const pattern = /^(?<before>(?:.*:)?v?)(?<version>\d+\.\d+\.\d+)(?<build>-\d+)?(?<processor>-(?:amd64|arm64|ppc64le|s390x))?$/

/** The version that an image's tag, or a tag alone, tells of; undefined: it tells none. */
export function imageVersion(image: string): EtcdVersion | undefined {
  const tag = image.replace(/@.*$/, '').replace(/^.*:/, '')
  return parseEtcdVersion(tag)
}

/**
 * The image of another version from the same registry, in the same manner; undefined: its tags are of no manner that is known.
 * Builds of Kubernetes' own images begin with 0.
 */
export function imageOf(image: string, version: EtcdVersion): string | undefined {
  const { before, build, processor = '' } = pattern.exec(image)?.groups ?? {}
  if (before === undefined) return undefined
  return `${before}${etcdText(version)}${build === undefined ? '' : '-0'}${processor}`
}

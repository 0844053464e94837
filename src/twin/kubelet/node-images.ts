import type { Container } from 'kubernetes-types/core/v1'
import type { MachineImage } from '../machine/machine.ts'
import type { ImagePull } from './pod/container-run.ts'
import type { PodTimings } from './pod/pod-timings.ts'

/** What a registry answers to a node that asks for an image. */
export type RegistryAnswer = { readonly kind: 'Found'; readonly bytes?: number } | { readonly kind: 'Refused'; readonly message: string }

/** The registries that a cluster uses, as its nodes see them. */
export type ImageRegistry = (image: string, node: string) => RegistryAnswer

/** How long a registry that refuses takes for it. */
const refusalMs = 1000

/** The images on one node. They are pulled one after the other. Source: Kubernetes kubelet configuration, serializeImagePulls. */
export class NodeImages {
  readonly #node: string
  readonly #registry: ImageRegistry
  readonly #images = new Map<string, MachineImage>()
  #freeMs = 0

  constructor(node: string, registry: ImageRegistry) {
    this.#node = node
    this.#registry = registry
  }

  get all(): ReadonlyMap<string, MachineImage> {
    return this.#images
  }

  /** An image is there without having been pulled: it came with the machine, or its pod ran before. */
  add(image: string, bytes: number): void {
    if (!this.#images.has(image)) this.#images.set(image, { bytes })
  }

  /** Garbage collection, or somebody who tidied up. */
  remove(image: string): void {
    this.#images.delete(image)
  }

  /** Fetches the image of a container, unless it is there and may be used as it is. Source: Kubernetes, Images, imagePullPolicy. */
  pull({ image = '', imagePullPolicy }: Container, timings: PodTimings, nowMs: number): ImagePull {
    const policy = imagePullPolicy ?? (/:(?!latest$)[^/]+$|@/.test(image) ? 'IfNotPresent' : 'Always')
    const there = this.#images.has(image)
    if (there && policy !== 'Always') return { kind: 'Present' }
    if (!isReference(image)) return refused(nowMs, 'InvalidImageName', invalidMessage(image))
    if (policy === 'Never')
      return refused(nowMs, 'ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`)
    const answer = this.#registry(image, this.#node)
    if (answer.kind === 'Refused') return refused(nowMs + refusalMs, 'ErrImagePull', answer.message)
    const bytes = answer.bytes ?? timings.imageBytes
    const tookMs = Math.round((timings.pullOverheadSeconds + (there ? 0 : bytes / timings.pullBytesPerSecond)) * 1000)
    const beginMs = Math.max(nowMs, this.#freeMs)
    this.#freeMs = beginMs + tookMs
    this.#images.set(image, { bytes })
    return { kind: 'Pulled', untilMs: this.#freeMs, tookMs, waitedMs: beginMs - nowMs, bytes }
  }
}

/** What containerd says of an image that its registry does not have. */
export function notFoundMessage(image: string): string {
  const full = image.includes('/') && /^[^/]*[.:]/.test(image) ? image : `docker.io/${image.includes('/') ? '' : 'library/'}${image}`
  return (
    `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": ` +
    `failed to resolve reference "${full}": ${full}: not found`
  )
}

function isReference(image: string): boolean {
  const repository = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return repository !== '' && /^[^\s]+$/.test(image) && !/[A-Z]/.test(repository.replace(/^[^/]*\//, ''))
}

function invalidMessage(image: string): string {
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`
}

function refused(untilMs: number, reason: Extract<ImagePull, { kind: 'Refused' }>['reason'], message: string): ImagePull {
  return { kind: 'Refused', untilMs, reason, message }
}

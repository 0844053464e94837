import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import { pods } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import type { ControllerImage } from '../../core/upgrade/jobs/controller-image.ts'
import type { Shell } from '../shell.ts'

/** Name of the controller's own pod, by the downward API. The container that has it is the controller's. */
export const podNameVariable = 'FALKIRK_POD_NAME'

/** A right that was missing may have been given after this time. */
export const unknownImageRecheckMs = 60_000

interface OwnPod extends KubeObject {
  readonly spec?: { readonly containers?: readonly { readonly image?: string; readonly env?: readonly { readonly name: string }[] }[] }
}

/** The image that this controller runs from, read from its own pod at most once: a pod never gets another one while its process lives. */
export class OwnImage {
  readonly #shell: Shell
  #read: { readonly image: ControllerImage; readonly atMs: number } | undefined

  constructor(shell: Shell) {
    this.#shell = shell
  }

  /** Throws as the API does where it does not answer. */
  async get(): Promise<ControllerImage> {
    const nowMs = this.#shell.clock.now()
    const isOld = this.#read?.image.kind === 'Unknown' && nowMs >= this.#read.atMs + unknownImageRecheckMs
    if (this.#read === undefined || isOld) this.#read = { image: await readOwnImage(this.#shell), atMs: nowMs }
    return this.#read.image
  }
}

async function readOwnImage({ client, namespace, podName }: Shell): Promise<ControllerImage> {
  if (podName === undefined) return unknown(`it does not run in a pod, or ${podNameVariable} is not set`)
  try {
    const { spec } = await client.get<OwnPod>(pods, { namespace, name: podName })
    const own = spec?.containers?.find(({ env = [] }) => env.some(({ name }) => name === podNameVariable))
    if (own?.image === undefined) return unknown(`no container of Pod ${namespace}/${podName} has ${podNameVariable}`)
    return { kind: 'Image', image: own.image }
  } catch (error) {
    if (isForbidden(error)) return unknown(`it may not get pods in namespace ${namespace}; docs/rbac.md has the right`)
    if (isNotFound(error)) return unknown(`there is no Pod ${namespace}/${podName}`)
    throw error
  }
}

function unknown(why: string): ControllerImage {
  return { kind: 'Unknown', why }
}

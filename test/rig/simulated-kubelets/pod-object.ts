/** The part of a Pod that a simulated kubelet reads. */
export interface PodObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[]
  }
  readonly spec: {
    readonly nodeName: string
    readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never'
    readonly serviceAccountName?: string
    readonly initContainers?: readonly ContainerObject[]
    readonly containers: readonly ContainerObject[]
  }
  readonly status?: { readonly phase?: string }
}

export interface ContainerObject {
  readonly name: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

export function podPath(pod: PodObject): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`
}

/** The value of a variable that the container's spec sets literally. */
export function envValue(container: ContainerObject, name: string): string | undefined {
  return container.env?.find((entry) => entry.name === name)?.value
}

import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { controllerReference, type OwnerKind } from './controller-reference.ts'

/** The longest prefix after which the server's five letters still fit into a name. */
const longestPrefix = 253

/** A new pod of an owner: labels, annotations, finalizers and spec of the template, name by the server. */
export function podFromTemplate(template: PodTemplateSpec | undefined, owner: KubeObject, kind: OwnerKind): DraftObject {
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: namePrefix(owner.metadata.name),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReference(owner, kind)],
    },
    spec: template?.spec ?? {},
  }
}

/** The dash makes the name easier to read, where there is room for it. */
function namePrefix(owner: string): string {
  return owner.length < longestPrefix ? `${owner}-` : owner
}

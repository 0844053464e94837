import type { DraftObject } from '../../../kube-object.ts'
import { controllerReference, type OwnerKind } from '../controller-reference.ts'
import { templateHash } from '../template-hash.ts'
import type { DeploymentObject, ReplicaSetObject } from '../workload-objects.ts'
import { templateHashLabel } from './replica-set-family.ts'
import { currentAnnotations, sizeAnnotations } from './revision-annotations.ts'
import { newReplicaSetSize } from './rolling-update.ts'

export const deployments: OwnerKind = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments.apps' }

/** The ReplicaSet of a Deployment's present template; the hash of the template is in its name, its selector and its pods' labels. */
export function newReplicaSet(deployment: DeploymentObject, old: readonly ReplicaSetObject[], revision: number): DraftObject {
  const { name, namespace } = deployment.metadata
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = templateHash(template, deployment.status?.collisionCount)
  const labels = { ...template.metadata?.labels, [templateHashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: { ...currentAnnotations(deployment, undefined, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment, deployments)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, old, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [templateHashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

import { parseAllDocuments, stringify } from 'yaml'
import { isControlPlane, type NodeObject } from './foreign-cluster.ts'
import { namespace, type TargetCluster } from './target-cluster.ts'

interface Manifest {
  readonly kind: string
  readonly data?: Record<string, string>
  readonly spec?: { readonly template: { readonly spec: { affinity?: unknown } } }
}

/**
 * Installs deploy/base with other values in its ConfigMap, and waits until the controller is ready. Where images cannot be pulled but have been
 * loaded into the nodes, they are used as they are.
 */
export async function installWith(cluster: TargetCluster, settings: Readonly<Record<string, string>>): Promise<void> {
  const { kubectl, imagesAreLoaded } = cluster
  const loaded = { SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY: 'IfNotPresent', SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE: 'rancher/kubectl:v1.20.2' }
  const nodes = (await kubectl.json<{ items: NodeObject[] }>(['get', 'nodes'])).items
  const manifests = parseAllDocuments(await kubectl(['kustomize', 'deploy/base'])).map((document) => document.toJS() as Manifest)
  for (const { kind, data, spec } of manifests) {
    if (kind === 'ConfigMap' && data !== undefined) Object.assign(data, imagesAreLoaded ? loaded : {}, settings)
    // a managed control plane has no nodes: there the controller runs beside everything else
    if (kind === 'Deployment' && spec !== undefined && !nodes.some(isControlPlane)) delete spec.template.spec.affinity
  }
  await kubectl.apply(manifests.map((manifest) => stringify(manifest)).join('---\n'))
  await untilControllerReady(cluster)
}

export async function untilControllerReady({ kubectl }: Pick<TargetCluster, 'kubectl'>): Promise<void> {
  await kubectl(['-n', namespace, 'rollout', 'status', 'deployment/system-upgrade-controller', '--timeout=180s'])
}

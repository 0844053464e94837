import type { Pod, Volume } from 'kubernetes-types/core/v1'
import type { AccessDecision, RequestAttributes } from '../../api/http/access.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { nodeRole } from './bootstrap/component-roles.ts'
import { rulesOfRow } from './bootstrap/role-row.ts'
import { grants, type PolicyRule } from './policy-rule.ts'

const readVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch'])
/** What a kubelet gets only when a pod of its node uses it. */
const usedByPods: ReadonlySet<string> = new Set(['secrets', 'configmaps', 'persistentvolumeclaims', 'persistentvolumes'])

/**
 * Lets kubelets do what they need: their own lease and CSINode, tokens, secrets, configmaps and claims of their own pods, and what
 * ClusterRole system:node says of everything else. Simpler than the real one: pods, nodes and services are not told apart by node.
 * Source: Kubernetes, Using Node Authorization.
 */
export class NodeAuthorizer {
  readonly #store: ObjectStore
  readonly #pods: Index
  readonly #rules: readonly PolicyRule[]

  constructor(store: ObjectStore, minor: number) {
    this.#store = store
    this.#pods = store.index('pods', (pod) => [as<Pod>(pod).spec?.nodeName ?? ''])
    this.#rules = rulesOfRow(nodeRole, minor)
  }

  authorize(node: string, attributes: RequestAttributes): AccessDecision {
    if (!this.#rules.some((rule) => grants(rule, attributes))) return { allowed: false }
    const { verb, resource } = attributes
    if (resource === undefined) return { allowed: true }
    const { plural, name, namespace, subresource } = resource
    if (plural === 'leases' || plural === 'csinodes') return this.#own(node, attributes)
    const related =
      plural === 'serviceaccounts' && subresource === 'token'
        ? this.#runsAs(node, namespace, name)
        : !usedByPods.has(plural) || !readVerbs.has(verb) || this.#uses(node, { plural, name, namespace })
    return related
      ? { allowed: true }
      : { allowed: false, reason: `no relationship found between node ${JSON.stringify(node)} and this object` }
  }

  #own(node: string, { verb, resource }: RequestAttributes): AccessDecision {
    const isLease = resource?.plural === 'leases'
    if (isLease && resource.namespace !== 'kube-node-lease') {
      return { allowed: false, reason: 'can only access leases in the "kube-node-lease" system namespace' }
    }
    // Who creates one names it in the body.
    if (resource?.name === node || verb === 'create') return { allowed: true }
    const what = isLease ? 'node lease' : 'CSINode'
    return { allowed: false, reason: `can only access ${what} with the same name as the requesting node` }
  }

  #runsAs(node: string, namespace: string | undefined, account: string | undefined): boolean {
    return this.#pods
      .get(node)
      .some((pod) => pod.metadata.namespace === namespace && (as<Pod>(pod).spec?.serviceAccountName ?? 'default') === account)
  }

  #uses(node: string, { plural, name, namespace }: { plural: string; name: string | undefined; namespace: string | undefined }): boolean {
    if (name === undefined) return false
    const pods = this.#pods.get(node)
    if (plural !== 'persistentvolumes') {
      return pods.some((pod) => pod.metadata.namespace === namespace && usedNames(pod, plural).includes(name))
    }
    return pods.some((pod) =>
      usedNames(pod, 'persistentvolumeclaims').some((claim) => {
        const found = this.#store.get('persistentvolumeclaims', pod.metadata.namespace, claim)
        return (found?.spec as { readonly volumeName?: string } | undefined)?.volumeName === name
      }),
    )
  }
}

function usedNames(pod: KubeObject, plural: string): readonly string[] {
  const { spec } = as<Pod>(pod)
  const volumes = (spec?.volumes ?? []).flatMap((volume) => namesIn(volume, plural))
  if (plural === 'persistentvolumeclaims') return volumes
  const secrets = plural === 'secrets'
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  const env = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => (secrets ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef)?.name ?? ''),
    ...envFrom.map(({ secretRef, configMapRef }) => (secrets ? secretRef : configMapRef)?.name ?? ''),
  ])
  return [...volumes, ...env, ...(secrets ? (spec?.imagePullSecrets ?? []).map(({ name = '' }) => name) : [])]
}

function namesIn({ secret, configMap, persistentVolumeClaim, projected }: Volume, plural: string): readonly string[] {
  switch (plural) {
    case 'secrets':
      return [secret?.secretName ?? '', ...(projected?.sources ?? []).map((source) => source.secret?.name ?? '')]
    case 'configmaps':
      return [configMap?.name ?? '', ...(projected?.sources ?? []).map((source) => source.configMap?.name ?? '')]
    default:
      return [persistentVolumeClaim?.claimName ?? '']
  }
}

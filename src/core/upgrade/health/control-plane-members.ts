import type { PodFacts } from '../../kubernetes/pod-facts.ts'
import { isControlPlane } from '../../plan/node-selection.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'

/** Label `component` of static pods, as kubeadm and RKE2 write it: without one of them a member does not serve. */
const serving: ReadonlySet<string> = new Set(['kube-apiserver', 'etcd'])

/**
 * Another member of the control plane that does not serve, as a clause; undefined when all do. A node's own word is Ready; where the API server and
 * etcd are static pods, their kubelet has asked each of them at its own address (readiness probe), past any balancer.
 */
export function sickMember(than: string, { nodes, podsByNode }: Pick<UpgradeFacts, 'nodes' | 'podsByNode'>): string | undefined {
  const others = nodes.filter((other) => other.name !== than && isControlPlane(other))
  const away = others.find(({ ready }) => !ready)
  if (away !== undefined) return `control-plane node ${away.name} is not Ready`
  const pod = others.flatMap(({ name }) => podsByNode?.get(name) ?? []).find(isSick)
  return pod === undefined ? undefined : `pod ${pod.namespace}/${pod.name} of control-plane node ${pod.nodeName} is not Ready`
}

function isSick({ mirror, ready, namespace, labels, deletionAtMs }: PodFacts): boolean {
  return mirror && namespace === 'kube-system' && serving.has(labels.component ?? '') && !ready && deletionAtMs === undefined
}

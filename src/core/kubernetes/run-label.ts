/** On the Jobs of a ClusterUpgrade and on their pods: its UID. No drain touches such a pod. */
export const runLabel = 'falkirk.dev/run'

/** Makes a ClusterUpgrade the owner of an object: Kubernetes deletes that with it, also while no controller runs. */
export function ownedByRun({ name, uid }: { readonly name: string; readonly uid: string }) {
  return { ownerReferences: [{ apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', name, uid }] }
}

/** On the Jobs of a ClusterUpgrade and on their pods: its UID. No drain touches such a pod. */
export const runLabel = 'falkirk.dev/run'

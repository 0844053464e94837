/** What a controller without a right does until it is granted. */
export type Effect =
  /** It says so on /readyz and in its log, and touches no node. */
  | 'NotReady'
  /** It says so in the log alone, because it must not lead, or cannot write a status; it touches no node. */
  | 'Idle'
  /** The condition says so; no upgrade is started. */
  | 'Blocked'
  /** The condition or an event says so; the failed node waits. */
  | 'Held'
  /** Upgrades go on; an event, a condition or the log says what is missing. */
  | 'Degraded'
  /** Upgrades go on, and nothing asks for the right: it is for what does not happen here. */
  | 'Unused'

/** Every right of `deploy/base/rbac-controller.yaml`. */
export const controllerRights: Readonly<Record<string, Effect>> = {
  'list nodes': 'NotReady',
  'watch nodes': 'NotReady',
  'patch nodes': 'Blocked',
  'get namespaces': 'NotReady',
  'create events': 'Degraded',
  'patch events': 'Unused',
  'get customresourcedefinitions': 'Degraded',
  'patch customresourcedefinitions': 'Unused',
  'create customresourcedefinitions': 'Unused',
  'list plans (Cluster)': 'Degraded',
  'watch plans (Cluster)': 'Degraded',
  'list plans (Namespace)': 'NotReady',
  'watch plans (Namespace)': 'NotReady',
  'patch plans': 'Unused',
  'patch plans/status': 'Idle',
  'get jobs': 'Unused',
  'list jobs': 'NotReady',
  'watch jobs': 'NotReady',
  'create jobs': 'Blocked',
  'patch jobs': 'Unused',
  'delete jobs': 'Held',
  'get secrets': 'Degraded',
  'list secrets': 'NotReady',
  'watch secrets': 'NotReady',
  'list pods': 'Degraded',
  'watch pods': 'Degraded',
  'get pods/log': 'Degraded',
  'get leases': 'Idle',
  'update leases': 'Degraded',
  'create leases': 'Idle',
}

/** Every right of `deploy/base/rbac-drain.yaml`, for Plans that the controller drains for. */
export const drainRights: Readonly<Record<string, Effect>> = {
  'create pods/eviction': 'Blocked',
  'get pods': 'Unused',
  'list pods': 'Blocked',
  'watch pods': 'Blocked',
  'delete pods': 'Unused',
  'get daemonsets': 'Unused',
  'list poddisruptionbudgets': 'Degraded',
  'watch poddisruptionbudgets': 'Degraded',
  'list volumeattachments': 'Blocked',
  'watch volumeattachments': 'Blocked',
  'get persistentvolumes': 'Unused',
}

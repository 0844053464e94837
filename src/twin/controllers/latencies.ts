/** How long the world outside the controllers takes, in ms of the cluster's clock. */
export interface ClusterLatencies {
  /** A volume is made. */
  readonly provisionMs: (provisioner: string) => number
  /** A volume is attached to a node, and detached from it. */
  readonly attachMs: (driver: string) => number
  readonly detachMs: (driver: string) => number
}

/** Block storage of a cloud: seconds to make and attach, more to detach. */
export const usualLatencies: ClusterLatencies = {
  provisionMs: () => 2_000,
  attachMs: () => 5_000,
  detachMs: () => 10_000,
}

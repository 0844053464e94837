/** How one host is reached, as the inventory and the cluster say it. */
export interface HostEntry {
  /** The node's. */
  readonly name: string
  /** A name, an IP address, or a `Host` of ssh_config. */
  readonly address: string
  /** Absent: as ssh_config says, or who calls. */
  readonly user?: string
  /** Absent: as ssh_config says, or 22. */
  readonly port?: number
  /** `[user@]host[:port]` of a host through which this one is reached. Absent: as ssh_config says. */
  readonly bastion?: string
  readonly become: Become
  /** File whose first line is the password that sudo asks for; it is not read by the core. */
  readonly passwordFile?: string
}

/** How the user becomes root: not at all, as it is root, or by sudo. */
export const becomes = ['none', 'sudo'] as const
export type Become = (typeof becomes)[number]

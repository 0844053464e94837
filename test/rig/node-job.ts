/** What a Job that changes a node is made from. */
export interface NodeJob {
  readonly name: string
  readonly namespace?: string
  /** The node, past the scheduler. */
  readonly node: string
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A Secret, mounted at /host/run/rig/NAME: the host's own programs see it below their `/run`. */
  readonly secret?: string
}

/**
 * A Job with all rights on its node, as the Plan controller makes them, but made by hand: for tests of the rig itself. The host's root
 * file system is at /host.
 */
export function nodeJob({ name, namespace = 'default', node, image, command, args, env = {}, secret }: NodeJob): object {
  const secretMount = secret === undefined ? [] : [{ name: 'secret', mountPath: `/host/run/rig/${secret}`, readOnly: true }]
  const secretVolume = secret === undefined ? [] : [{ name: 'secret', secret: { secretName: secret } }]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      backoffLimit: 5,
      template: {
        spec: {
          nodeName: node,
          hostPID: true,
          hostIPC: true,
          hostNetwork: true,
          restartPolicy: 'Never',
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'upgrade',
              image,
              imagePullPolicy: 'Always',
              ...(command === undefined ? {} : { command }),
              ...(args === undefined ? {} : { args }),
              env: [
                { name: 'SYSTEM_UPGRADE_NODE_NAME', value: node },
                ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
              ],
              securityContext: { privileged: true },
              volumeMounts: [{ name: 'host-root', mountPath: '/host' }, ...secretMount],
            },
          ],
          volumes: [{ name: 'host-root', hostPath: { path: '/', type: 'Directory' } }, ...secretVolume],
        },
      },
    },
  }
}

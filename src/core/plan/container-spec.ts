import { z } from 'zod'
import { EnvFromSource, EnvVar } from '../kubernetes/env-var.ts'
import { SecurityContext } from '../kubernetes/security-context.ts'

/** A folder of the host, mounted into a container of the Job. */
export const VolumeSpec = z
  .object({
    destination: z.string().describe('Path in the container at which the host path is mounted.'),
    name: z.string().describe("Name of the volume in the Job's pod."),
    source: z.string().describe('Path on the host.'),
  })
  .describe('A path of the host that is mounted into the container, readable and writable.')
export type VolumeSpec = z.infer<typeof VolumeSpec>

/** The container that prepares or does an upgrade: the part of a pod's container that a Plan may say. */
export const ContainerSpec = z
  .object({
    args: z.array(z.string()).describe('Arguments of the command.').exactOptional(),
    command: z.array(z.string()).describe("Command to run in place of the image's entry point.").exactOptional(),
    envFrom: z.array(EnvFromSource).describe('ConfigMaps and Secrets whose keys become environment variables.').exactOptional(),
    envs: z.array(EnvVar).describe('Environment variables, besides those named SYSTEM_UPGRADE_ that every container gets.').exactOptional(),
    image: z.string().describe('Image to run. Without a tag or digest, status.latestVersion becomes its tag.'),
    securityContext: SecurityContext.exactOptional(),
    volumes: z.array(VolumeSpec).describe('Paths of the host to mount, besides its root at /host.').exactOptional(),
  })
  .describe('A container of the Job.')
export type ContainerSpec = z.infer<typeof ContainerSpec>

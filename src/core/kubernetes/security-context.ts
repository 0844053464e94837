import { z } from 'zod'
import { int64 } from './integer.ts'

const profileTypes = "Localhost (a profile of the node), RuntimeDefault (the container runtime's own) or Unconfined (none)."

const AppArmorProfile = z
  .object({
    localhostProfile: z.string().describe('Name of a profile loaded on the node; with type Localhost only.').exactOptional(),
    type: z.string().describe(profileTypes),
  })
  .describe('AppArmor profile of the container (Linux).')

const SeccompProfile = z
  .object({
    localhostProfile: z
      .string()
      .describe("Path of a profile file, relative to the kubelet's folder for them; with type Localhost only.")
      .exactOptional(),
    type: z.string().describe(profileTypes),
  })
  .describe('Seccomp profile of the container (Linux).')

const capabilityList = z.array(z.string().describe('A POSIX capability.')).meta({ 'x-kubernetes-list-type': 'atomic' })

const Capabilities = z
  .object({
    add: capabilityList.describe('Capabilities to add.').exactOptional(),
    drop: capabilityList.describe('Capabilities to take away.').exactOptional(),
  })
  .describe("Capabilities added to and taken from the container runtime's default set (Linux).")

const SELinuxOptions = z
  .object({
    level: z.string().describe('SELinux level label.').exactOptional(),
    role: z.string().describe('SELinux role label.').exactOptional(),
    type: z.string().describe('SELinux type label.').exactOptional(),
    user: z.string().describe('SELinux user label.').exactOptional(),
  })
  .describe('SELinux context of the container (Linux).')

const WindowsOptions = z
  .object({
    gmsaCredentialSpec: z.string().describe('The GMSA credential spec itself, as the GMSA webhook puts it here.').exactOptional(),
    gmsaCredentialSpecName: z.string().describe('Name of the GMSA credential spec to use.').exactOptional(),
    hostProcess: z
      .boolean()
      .describe('Runs the container as a process of the host; the same for all containers of a pod, and with its host network.')
      .exactOptional(),
    runAsUserName: z.string().describe('Windows user that the container runs as; that of the image when left out.').exactOptional(),
  })
  .describe('Settings for Windows nodes.')

/** What a container may do, field for field as `core/v1` has it. Source: Kubernetes API reference, SecurityContext. */
export const SecurityContext = z
  .object({
    allowPrivilegeEscalation: z
      .boolean()
      .describe('Whether a process may gain more privileges than its parent has (Linux).')
      .exactOptional(),
    appArmorProfile: AppArmorProfile.exactOptional(),
    capabilities: Capabilities.exactOptional(),
    privileged: z.boolean().describe('Runs the container privileged: in effect as root of the host (Linux).').exactOptional(),
    procMount: z.string().describe('How /proc is mounted: Default or Unmasked (Linux).').exactOptional(),
    readOnlyRootFilesystem: z.boolean().describe("Makes the container's root file system read-only (Linux).").exactOptional(),
    runAsGroup: int64().describe('Group id that the container runs with (Linux).').exactOptional(),
    runAsNonRoot: z.boolean().describe('Refuses to start the container as user 0.').exactOptional(),
    runAsUser: int64().describe('User id that the container runs as; that of the image when left out (Linux).').exactOptional(),
    seLinuxOptions: SELinuxOptions.exactOptional(),
    seccompProfile: SeccompProfile.exactOptional(),
    windowsOptions: WindowsOptions.exactOptional(),
  })
  .describe('What the container may do; see the Kubernetes API reference for SecurityContext.')
export type SecurityContext = z.infer<typeof SecurityContext>

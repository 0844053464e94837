import type { PodSpec } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import type { CheckedPod } from './pod-containers.ts'
import { detailsOf, podViolations, reasonsOf } from './pod-violations.ts'

/** A pod that is let in everywhere, with other fields. */
function pod(fields: object = {}, container: object = {}, annotations: Readonly<Record<string, string>> = {}): CheckedPod {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...container }
  const spec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'a', image: 'x', securityContext }],
    ...fields,
  }
  return { annotations, spec: spec as PodSpec }
}

const told = (one: CheckedPod, level: 'baseline' | 'restricted', minor = 33) => detailsOf(podViolations(one, { level }, minor))
const plain: CheckedPod = { annotations: {}, spec: { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] } }

describe('the baseline', () => {
  it.each<[string, CheckedPod, string]>([
    ['nothing of a plain pod', plain, ''],
    ['privileged containers', pod({}, { privileged: true }), 'privileged (container "a" must not set securityContext.privileged=true)'],
    [
      "what is the host's",
      pod({ hostNetwork: true, hostPID: true, hostIPC: true }),
      'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
    ],
    [
      'folders of the host',
      pod({
        volumes: [
          { name: 'h', hostPath: { path: '/' } },
          { name: 'e', emptyDir: {} },
        ],
      }),
      'hostPath volumes (volume "h")',
    ],
    [
      'ports of the host',
      pod({ containers: [{ name: 'a', ports: [{ hostPort: 80 }, { hostPort: 443 }, {}] }] }),
      'hostPort (container "a" uses hostPorts 443, 80)',
    ],
    [
      'capabilities',
      pod({}, { capabilities: { add: ['SYS_ADMIN', 'NET_ADMIN', 'CHOWN'] } }),
      'non-default capabilities (container "a" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    ['proc mounts', pod({}, { procMount: 'Unmasked' }), 'procMount (container "a" must not set securityContext.procMount to "Unmasked")'],
    [
      'SELinux',
      pod({ securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } }),
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    ],
    [
      'seccomp',
      pod({}, { seccompProfile: { type: 'Unconfined' } }),
      'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'sysctls',
      pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_syncookies' }] } }),
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      'processes of a Windows host',
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }),
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'AppArmor',
      pod({}, {}, { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' }),
      'forbidden AppArmor profile (container.apparmor.security.beta.kubernetes.io/a="unconfined")',
    ],
  ])('forbids %s', (_, one, expected) => {
    expect(told(one, 'baseline')).toBe(expected)
  })

  it.each([
    { minor: 26, expected: 'forbidden sysctls' },
    { minor: 27, expected: '' },
  ])('of 1.$minor: reserved ports', ({ minor, expected }) => {
    const one = pod({ securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_reserved_ports' }] } })
    expect(reasonsOf(podViolations(one, { level: 'baseline' }, minor))).toBe(expected)
  })

  it.each([
    { minor: 33, expected: '' },
    { minor: 34, expected: 'probe or lifecycle host (container "a" uses probe or lifecycle host "10.0.0.1")' },
  ])('of 1.$minor: hosts of probes', ({ minor, expected }) => {
    const livenessProbe = { httpGet: { host: '10.0.0.1', port: 80 } }
    expect(told(pod({ containers: [{ name: 'a', livenessProbe }] }), 'baseline', minor)).toBe(expected)
  })
})

describe('the restricted level', () => {
  it.each<[string, CheckedPod, string]>([
    ['is content', pod(), ''],
    [
      'wants a plain pod to say it',
      plain,
      'allowPrivilegeEscalation != false (containers "i", "a", "b" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "i", "a", "b" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or containers "i", "a", "b" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or containers "i", "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'has fewer volumes',
      pod({
        volumes: [
          { name: 'h', hostPath: { path: '/' } },
          { name: 'n', nfs: {} },
          { name: 'c', configMap: {} },
        ],
      }),
      'restricted volume types (volumes "h", "n" use restricted volume types "hostPath", "nfs")',
    ],
    [
      'has one capability',
      pod({}, { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'CHOWN'] } }),
      'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      'has no root',
      pod({}, { runAsNonRoot: false, runAsUser: 0 }),
      'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false), runAsUser=0 (container "a" must not set runAsUser=0)',
    ],
    [
      'has no free seccomp',
      pod({ securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } }),
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'asks nothing of Linux of a pod for Windows',
      { annotations: {}, spec: { os: { name: 'windows' }, containers: [{ name: 'a' }], securityContext: { runAsNonRoot: true } } },
      '',
    ],
  ])('%s', (_, one, expected) => {
    expect(told(one, 'restricted')).toBe(expected)
  })

  it('tells the faults of both levels, those of the baseline first', () => {
    const one = pod(
      { hostNetwork: true, volumes: [{ name: 'h', hostPath: { path: '/' } }] },
      { privileged: true, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } },
    )
    expect(reasonsOf(podViolations(one, { level: 'restricted' }, 33))).toBe(
      'host namespaces, privileged, unrestricted capabilities, restricted volume types',
    )
  })

  it('of an older version asks for less, and of a newer one than the server for what the server knows', () => {
    const root = pod({}, { runAsUser: 0 })
    expect(podViolations(root, { level: 'restricted', minor: 22 }, 33)).toEqual([])
    expect(podViolations(root, { level: 'restricted', minor: 99 }, 33)).toHaveLength(1)
  })
})

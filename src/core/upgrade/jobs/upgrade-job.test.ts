import { describe, expect, it } from 'vitest'
import { readOrder } from '../../recipe/recipe-order.ts'
import { worker } from '../run-world.test-support.ts'
import { upgradeJob, upgradeJobName } from './upgrade-job.ts'
import type { UpgradeJobInput } from './upgrade-job-input.ts'

const input: UpgradeJobInput = {
  runName: 'up',
  runUid: 'uid-up',
  namespace: 'system-upgrade',
  node: worker(0),
  step: 'Change',
  version: 'v1.31.5+k3s1',
  attempt: 1,
  work: { kind: 'Image', container: { image: 'rancher/k3s-upgrade' } },
}

describe('the name of a Job', () => {
  it('is the same for the same step, so that it is never made twice', () => {
    expect(upgradeJob(input).metadata?.name).toBe(upgradeJobName(input))
    expect(upgradeJobName(input)).toMatch(/^falkirk-change-worker-0-[0-9a-f]{10}$/)
  })

  it.each([
    { what: 'run', other: { runUid: 'another' } },
    { what: 'node', other: { node: worker(1) } },
    { what: 'step', other: { step: 'Stage' as const } },
    { what: 'version', other: { version: 'v1.31.6+k3s1' } },
    { what: 'attempt', other: { attempt: 2 } },
  ])('is another for another $what', ({ other }) => {
    expect(upgradeJobName({ ...input, ...other })).not.toBe(upgradeJobName(input))
  })

  it('is at most 63 characters long, also of a node whose name is longer', () => {
    const name = `${'a-very-long-name-of-a-machine-'.repeat(6)}x.eu-central-1.compute.internal`
    expect(upgradeJobName({ ...input, node: { name, labels: {} } }).length).toBeLessThanOrEqual(63)
    expect(upgradeJobName({ ...input, node: { name, labels: {} } })).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])$/)
  })
})

describe('the pod', () => {
  const spec = (more: Partial<UpgradeJobInput> = {}) => upgradeJob({ ...input, ...more }).spec?.template.spec

  it('has no rights in the cluster: no token is mounted', () => {
    expect(spec()?.automountServiceAccountToken).toBe(false)
    expect(spec()?.serviceAccountName).toBeUndefined()
  })

  it('runs on its node, whatever taints that has, and is not started a second time', () => {
    expect(spec()).toMatchObject({
      nodeSelector: { 'kubernetes.io/hostname': 'worker-0' },
      tolerations: [{ operator: 'Exists' }],
      restartPolicy: 'Never',
    })
    expect(upgradeJob(input).spec?.backoffLimit).toBe(0)
  })

  it('names the version as the tag of its image, and in its variables as a Plan does', () => {
    const [container] = spec()?.containers ?? []
    expect(container?.image).toBe('rancher/k3s-upgrade:v1.31.5-k3s1')
    expect(container?.env).toContainEqual({ name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: 'v1.31.5-k3s1' })
    expect(container?.securityContext).toMatchObject({ privileged: true })
  })

  it('that stages the image is not privileged, mounts nothing of the host and does nothing', () => {
    const [container] = spec({ step: 'Stage' })?.containers ?? []
    expect(container).toMatchObject({ image: 'rancher/k3s-upgrade:v1.31.5-k3s1', command: ['true'] })
    expect(container?.securityContext).toBeUndefined()
    expect(container?.volumeMounts).toBeUndefined()
    expect(spec({ step: 'Stage' })?.volumes).toEqual([])
  })

  it('takes an image with a digest as it is', () => {
    const digest = `registry.example.org/up@sha256:${'a'.repeat(64)}`
    expect(spec({ work: { kind: 'Image', container: { image: digest } } })?.containers[0]?.image).toBe(digest)
  })
})

describe('the pod of a recipe', () => {
  const recipe = { runnerImage: 'falkirk:v1' }
  const work = { kind: 'Recipe', recipe: 'k3s', spec: recipe } as const
  const spec = (more: Partial<UpgradeJobInput> = {}) => upgradeJob({ ...input, work, ...more }).spec?.template.spec

  it('has no rights in the cluster, and mounts nothing of the host', () => {
    expect(spec()).toMatchObject({ automountServiceAccountToken: false, hostPID: true })
    expect(spec()?.serviceAccountName).toBeUndefined()
    expect(spec()?.volumes).toEqual([{ name: 'binary', emptyDir: { sizeLimit: '1Gi' } }])
  })

  it('takes the binary out of the image of the version, without any rights', () => {
    const [container] = spec()?.initContainers ?? []
    expect(container).toMatchObject({ image: 'rancher/k3s-upgrade:v1.31.5-k3s1', command: ['cp', '/opt/k3s', '/binary/k3s'] })
    expect(container?.securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('is privileged only where it changes the host', () => {
    const [change] = spec()?.containers ?? []
    const [stage] = spec({ step: 'Stage' })?.containers ?? []
    expect([change?.securityContext?.privileged, stage?.securityContext?.privileged]).toEqual([true, undefined])
    expect([change?.command?.at(-1), stage?.command?.at(-1)]).toEqual(['run-steps', 'check-binary'])
    expect(spec({ step: 'Stage' })?.hostPID).toBeUndefined()
    expect(stage?.securityContext).toMatchObject({ runAsNonRoot: true })
  })

  it('carries the checksums of its version, with a digest over the order', () => {
    const checksums = [
      { version: 'v1.31.5+k3s1', architecture: 'arm64' as const, sha256: 'a'.repeat(64) },
      { version: 'v1.32.1+k3s1', architecture: 'arm64' as const, sha256: 'b'.repeat(64) },
    ]
    const args = spec({ work: { ...work, spec: { ...recipe, binary: { checksums } } } })?.containers[0]?.args ?? []
    const flag = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
    expect(readOrder(flag('order'), flag('digest'))).toEqual({
      kind: 'Order',
      order: { recipe: 'k3s', run: 'uid-up', version: 'v1.31.5+k3s1', pinned: true, sha256: { arm64: 'a'.repeat(64) }, url: {} },
    })
    expect(flag('attempt')).toBe('1')
  })

  it('fetches a binary that has an address by itself, without any rights', () => {
    const checksums = [
      { version: 'v1.31.5+k3s1', architecture: 'amd64' as const, sha256: 'a'.repeat(64), url: 'https://mirror.example.org/k3s' },
    ]
    const [container] = spec({ work: { ...work, spec: { ...recipe, binary: { checksums } } } })?.initContainers ?? []
    expect(container).toMatchObject({ image: 'falkirk:v1', command: ['/bin/falkirk', 'node', 'fetch-binary'] })
    expect(container?.args?.[0]).toContain('https://mirror.example.org/k3s')
    expect(container?.securityContext).toMatchObject({ runAsNonRoot: true, capabilities: { drop: ['ALL'] } })
  })

  it('takes a binary from another image and path', () => {
    const binary = { image: 'registry.example.org/k3s', path: '/usr/bin/k3s' }
    const [container] = spec({ work: { ...work, spec: { ...recipe, binary } } })?.initContainers ?? []
    expect(container).toMatchObject({ image: 'registry.example.org/k3s:v1.31.5-k3s1', command: ['cp', '/usr/bin/k3s', '/binary/k3s'] })
  })
})

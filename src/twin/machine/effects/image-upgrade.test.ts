import type { Container } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import type { ContainerStart } from '../../kubelet/image-behaviour.ts'
import type { Distribution } from '../distribution.ts'
import { imageName, isImage } from '../image-name.ts'
import { newMachine } from '../new-machine.ts'
import { k3sUpgrade, rke2Upgrade } from './rancher-upgrade.ts'
import { plannedUpgrade, upgradeFails, upgradeNothing } from './rig-images.ts'

const options = { prepare: () => ({ log: 'prepared' }) }

function start(image: string, of: { version?: string; distribution?: Distribution; container?: Partial<Container> } = {}): ContainerStart {
  const { version = 'v1.20.2+k3s1', distribution = 'k3s', container } = of
  const machine = newMachine({ name: 'a', version, distribution, bootId: 'b' })
  const pod = { metadata: { labels: { 'upgrade.cattle.io/plan': 'server' } } }
  return { pod, container: { name: 'upgrade', image, ...container }, role: 'Main', machine, restarts: 0 }
}

describe('an image name', () => {
  it.each([
    { image: 'rancher/k3s-upgrade:v1', repository: 'rancher/k3s-upgrade', tag: 'v1' },
    { image: 'mirror.example:5000/rancher/k3s-upgrade', repository: 'rancher/k3s-upgrade', tag: '' },
    { image: 'busybox@sha256:00', repository: 'busybox', tag: '' },
  ])('$image is $repository with tag $tag', ({ image, repository, tag }) => {
    expect(imageName(image)).toEqual({ repository, tag })
  })

  it('is known behind a mirror, and not when it only ends alike', () => {
    expect(isImage({ name: 'c', image: 'mirror.example/hub/rancher/kubectl:1' }, 'kubectl')).toBe(true)
    expect(isImage({ name: 'c', image: 'rancher/my-kubectl:1' }, 'kubectl')).toBe(false)
  })
})

describe('rancher/k3s-upgrade', () => {
  const behaviour = k3sUpgrade(options)

  it('replaces the program by that of its tag', () => {
    expect(behaviour(start('rancher/k3s-upgrade:v1.21.1-k3s1'))).toMatchObject({
      exitCode: 0,
      effects: [{ kind: 'ReplaceKubernetes', version: 'v1.21.1+k3s1' }],
    })
  })

  it.each([
    { what: 'to go back', image: 'rancher/k3s-upgrade:v1.19.1-k3s1', of: {}, log: 'refusing to lower v1.20.2+k3s1 to v1.19.1+k3s1' },
    {
      what: 'without k3s',
      image: 'rancher/k3s-upgrade:v1.21.1-k3s1',
      of: { distribution: 'kubeadm' as const },
      log: 'no k3s process on this node',
    },
    { what: 'without a version', image: 'rancher/k3s-upgrade:latest', of: {}, log: 'the image has no tag that is a version' },
  ])('refuses $what', ({ image, of, log }) => {
    expect(behaviour(start(image, of))).toMatchObject({ exitCode: 1, log: `[ERROR] ${log}\n` })
  })

  it('leaves a machine alone that is there already', () => {
    const course = behaviour(start('rancher/k3s-upgrade:v1.20.2-k3s1'))
    expect([course?.exitCode, course?.effects]).toEqual([0, undefined])
  })

  it('waits when it is told to prepare', () => {
    expect(behaviour(start('rancher/k3s-upgrade:v1', { container: { args: ['prepare', 'server'] } }))).toEqual({ log: 'prepared' })
  })
})

describe('rancher/rke2-upgrade', () => {
  it('goes back when it is told to', () => {
    const course = rke2Upgrade(options)(start('rancher/rke2-upgrade:v1.27.1-rke2r1', { version: 'v1.28.1+rke2r1', distribution: 'rke2' }))
    expect(course?.effects).toEqual([{ kind: 'ReplaceKubernetes', version: 'v1.27.1+rke2r1' }])
  })
})

describe('images of tests', () => {
  it('fail, do nothing, or upgrade as their Plan says', () => {
    const env = [{ name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: 'v1.21.1-k3s1' }]
    expect(upgradeFails(start('rig/upgrade-fails:v1'))?.exitCode).toBe(3)
    expect(upgradeNothing(start('rig/upgrade-nothing:v1'))?.exitCode).toBe(0)
    expect(plannedUpgrade(start('anything', { container: { env } }))?.effects).toEqual([
      { kind: 'ReplaceKubernetes', version: 'v1.21.1+k3s1' },
    ])
    expect(
      plannedUpgrade(start('anything', { container: { env: [{ name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: '7' }] } })),
    ).toBeUndefined()
  })
})

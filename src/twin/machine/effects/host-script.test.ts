import { describe, expect, it } from 'vitest'
import type { ContainerStart } from '../../kubelet/image-behaviour.ts'
import { installedVersion } from '../kubernetes-service.ts'
import { applyEffect } from '../machine-effect.ts'
import { newMachine } from '../new-machine.ts'
import { hostEffects, hostScript } from './host-script.ts'

const machine = newMachine({ name: 'a', version: 'v1.29.3', bootId: 'b', role: 'Server' })

function machineAfter(script: string, of = machine) {
  return hostEffects(script, of).reduce(applyEffect, of)
}

describe('a script on the host', () => {
  it('upgrades packages, but not those that are held', () => {
    const upgraded = machineAfter('apt-get update && apt-get -y dist-upgrade')
    expect(upgraded.packages.get('containerd')?.version).toBe('newest')
    expect(upgraded.packages.get('kubelet')?.version).toBe('1.29.3-1.1')
  })

  it('puts a new kubelet on the disk that runs after a restart', () => {
    const script =
      'apt-mark unhold kubelet kubectl && apt-get install -y kubelet=1.30.1-1.1 kubectl=1.30.1-1.1 && systemctl restart kubelet'
    const upgraded = machineAfter(script)
    expect([upgraded.kubeletVersion, installedVersion(upgraded)]).toEqual(['v1.29.3', 'v1.30.1'])
    expect(hostEffects(script, machine).map(({ kind }) => kind)).toEqual(['UpgradePackages', 'RestartKubelet'])
  })

  it.each([
    { script: 'kubeadm upgrade apply -y v1.30.1', version: 'v1.30.1' },
    { script: 'apt-mark unhold kubeadm; apt-get install kubeadm=1.30.4-1.1; kubeadm upgrade node', version: 'v1.30.4' },
  ])('$script brings the control plane to $version', ({ script, version }) => {
    expect(hostEffects(script, machine)).toContainEqual({ kind: 'ReplaceControlPlane', version })
    expect(machineAfter(script).files.get('/etc/kubernetes/manifests/kube-apiserver.yaml')?.content).toContain(`kube-apiserver:${version}`)
  })

  it('leaves the control plane alone on an agent', () => {
    const agent = newMachine({ name: 'a', version: 'v1.29.3', bootId: 'b' })
    expect(hostEffects('kubeadm upgrade node', agent)).toEqual([])
  })

  it.each([
    { script: 'systemctl reboot', reboots: true },
    { script: 'sleep 1 && reboot', reboots: true },
    { script: 'test -f /run/reboot-required && echo needed', reboots: false },
  ])('$script reboots: $reboots', ({ script, reboots }) => {
    expect(hostEffects(script, machine).some(({ kind }) => kind === 'Reboot')).toBe(reboots)
  })

  it('is one only when it goes to the host', () => {
    const start = (command: string[]): ContainerStart => ({
      pod: {},
      container: { name: 'c', image: 'debian:12', command },
      role: 'Main',
      machine,
      restarts: 0,
    })
    expect(hostScript(start(['sh', '-c', 'apt-get upgrade']))).toBeUndefined()
    expect(hostScript(start(['chroot', '/host', 'sh', '-c', 'apt-get upgrade']))?.effects).toHaveLength(1)
  })
})

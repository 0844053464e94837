import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDnsSubdomain } from '../kubernetes/dns-name.ts'
import { isLabelValue } from '../kubernetes/label-syntax.ts'
import { jobName, shortenName } from './job-name.ts'

const hashes = {
  rke2: 'd5c507264ef83171925233cdeebe1f8a21614263918690682ef945fe',
  harvester: 'c00768bbe1d4a4bd6790aaafc961ae5df35aba84282909d7a87b49b2',
  k3s: '21c75c607087495cc7f2c945c508a36de1f8661ce8c6b4d5989a883c',
}

describe('jobName', () => {
  it.each([
    {
      planName: 'server-plan',
      nodeName: 'decgn-pr-vmcq-k8s',
      hash: hashes.rke2,
      name: 'apply-server-plan-on-decgn-pr-vmcq-k8s-with-d5c507264ef83-d9397',
    },
    {
      planName: 'iot-hub-upgrade',
      nodeName: 'k3s-rancher-dev-1',
      hash: hashes.harvester,
      name: 'apply-iot-hub-upgrade-on-k3s-rancher-dev-1-with-c00768bbe-4b9f8',
    },
    {
      planName: 'k3s-server',
      nodeName: 'node-1',
      hash: hashes.k3s,
      name: 'apply-k3s-server-on-node-1-with-21c75c607087495cc7f2c945c-f1cb4',
    },
  ])('point 52: $planName on $nodeName gives $name', ({ name, ...input }) => {
    expect(jobName(input)).toBe(name)
  })

  it('point 52: only the first DNS label of a node name counts', () => {
    const hash = hashes.k3s
    expect(jobName({ planName: 'p', nodeName: 'a.example.com', hash })).toBe(jobName({ planName: 'p', nodeName: 'a', hash }))
  })

  it('defect 14: nodes that share their first DNS label get names of their own', () => {
    const of = (nodeName: string, distinct = true) => jobName({ planName: 'p', nodeName, hash: hashes.k3s, distinct })
    expect(of('a.eu.example.com')).not.toBe(of('a.us.example.com'))
    expect(of('a.eu.example.com', false)).toBe(of('a.us.example.com', false))
    expect(of('a.eu.example.com')).toMatch(/^apply-p-on-a-[0-9a-f]{8}-with-21c7/)
  })

  it('defect 14: they stay apart also when a long Plan name cuts the node off', () => {
    const of = (nodeName: string) => jobName({ planName: 'p'.repeat(63), nodeName, hash: hashes.k3s, distinct: true })
    expect(of('a.eu')).not.toBe(of('a.us'))
  })

  it('defect 15: a node name with capitals gives a valid name', () => {
    const name = jobName({ planName: 'p', nodeName: 'Node_A', hash: hashes.k3s })
    expect(name).toMatch(/^apply-p-on-node-a-with-21c75c/)
    expect(name).not.toBe(jobName({ planName: 'p', nodeName: 'node-a', hash: hashes.k3s }))
  })

  it('defect 15: any Plan and node name gives a name that is valid for an object and as a label', () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9]([-.a-zA-Z0-9]{0,80}[a-zA-Z0-9])?$/)
    fc.assert(
      fc.property(text, text, fc.boolean(), (planName, nodeName, distinct) => {
        const name = jobName({ planName, nodeName, hash: hashes.k3s, distinct })
        expect(name).toSatisfy(isDnsSubdomain)
        expect(name).toSatisfy(isLabelValue)
      }),
    )
  })
})

describe('shortenName', () => {
  it('point 52: 63 characters stay', () => {
    expect(shortenName('x'.repeat(63))).toBe('x'.repeat(63))
  })

  it('point 52: 64 characters keep 57, and 5 digits of their SHA-256', () => {
    expect(shortenName('x'.repeat(64))).toMatch(/^x{57}-[0-9a-f]{5}$/)
  })

  it('point 52: keeps 56 and 6 digits when the 57th is not a lower-case letter or digit', () => {
    const text = `apply-p-on-x-${[...'abcdefghijklmnopqrstuvwxyz'].join('-')}-with-21c7`
    expect(text.charAt(56)).toBe('-')
    expect(shortenName(text)).toBe('apply-p-on-x-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-a56ec8')
  })

  it('point 52: names the volume of a Secret', () => {
    expect(shortenName('secret-not-having-path-with-a-supercalifragilisticexpialidocious-name')).toBe(
      'secret-not-having-path-with-a-supercalifragilisticexpiali-42558',
    )
  })
})

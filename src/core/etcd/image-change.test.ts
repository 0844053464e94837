import { describe, expect, it } from 'vitest'
import { podMember, type TestMember, testCluster, v } from './etcd-world.test-support.ts'
import { imageChange, imageProblems } from './image-change.ts'
import { imageOf, imageVersion } from './image-tag.ts'
import { versionBefore } from './member-change.ts'

describe('the image of another version', () => {
  it.each([
    { from: 'registry.k8s.io/etcd:3.5.9-0', to: '3.5.26', image: 'registry.k8s.io/etcd:3.5.26-0' },
    { from: 'k8s.gcr.io/etcd:3.4.9-1', to: '3.4.13', image: 'k8s.gcr.io/etcd:3.4.13-0' },
    { from: 'quay.io/coreos/etcd:v3.4.13', to: '3.5.26', image: 'quay.io/coreos/etcd:v3.5.26' },
    { from: 'mirror.example.com:5000/k8s/etcd:3.5.9-0', to: '3.5.26', image: 'mirror.example.com:5000/k8s/etcd:3.5.26-0' },
    { from: 'quay.io/coreos/etcd:v3.4.13-arm64', to: '3.5.26', image: 'quay.io/coreos/etcd:v3.5.26-arm64' },
    { from: 'etcd:3.5.9', to: '3.5.26', image: 'etcd:3.5.26' },
    { from: 'v3.4.13', to: '3.5.26', image: 'v3.5.26' },
    { from: 'bitnami/etcd:3.4.13-debian-10-r0', to: '3.5.26', image: undefined },
    { from: 'registry.k8s.io/etcd:latest', to: '3.5.26', image: undefined },
    { from: 'mirror.example.com:5000/etcd', to: '3.5.26', image: undefined },
    { from: `registry.k8s.io/etcd:3.5.9-0@sha256:${'a'.repeat(64)}`, to: '3.5.26', image: undefined },
  ])('$from to $to is $image', ({ from, to, image }) => {
    expect(imageOf(from, v(to))).toBe(image)
  })

  it.each([
    { image: 'registry.k8s.io/etcd:3.5.9-0', version: [3, 5, 9] },
    { image: 'quay.io/coreos/etcd:v3.4.13', version: [3, 4, 13] },
    { image: `registry.k8s.io/etcd:3.5.9-0@sha256:${'a'.repeat(64)}`, version: [3, 5, 9] },
    { image: 'mirror.example.com:5000/etcd', version: undefined },
  ])('$image runs $version', ({ image, version }) => {
    expect(imageVersion(image)).toEqual(version)
  })
})

function first(more: TestMember['facts'] = {}) {
  const [member] = testCluster([podMember({ facts: more }), podMember(), podMember()]).members
  if (member === undefined) throw new Error('no member')
  return member
}

const manifest = '/etc/kubernetes/manifests/etcd.yaml'

describe('what is edited on a host', () => {
  it('is the one image in the manifest', () => {
    expect(imageChange(first(), v('3.5.26'))).toEqual({
      place: manifest,
      mark: 'registry.k8s.io/etcd:3.4.23-0',
      newMark: 'registry.k8s.io/etcd:3.5.26-0',
      newImage: 'registry.k8s.io/etcd:3.5.26-0',
    })
  })

  it('is the same for whomever a unit asks docker as', () => {
    expect(imageProblems(first({ engine: 'docker', engine_user: 'etcd' }), v('3.5.26'))).toEqual([])
  })

  it('is nothing where the image stands in one place, once', () => {
    expect(imageProblems(first(), v('3.5.26'))).toEqual([])
  })

  it.each<{ title: string; facts: NonNullable<TestMember['facts']>; says: string }>([
    {
      title: 'a digest',
      facts: { image: `k8s.gcr.io/etcd@sha256:${'a'.repeat(64)}`, mark: `k8s.gcr.io/etcd@sha256:${'a'.repeat(64)}` },
      says: `etcd1 pins etcd to a digest (k8s.gcr.io/etcd@sha256:${'a'.repeat(64)}): write it with a tag, such as k8s.gcr.io/etcd:3.5.26-0, and come again`,
    },
    {
      title: 'a tag of another manner',
      facts: { image: 'bitnami/etcd:3.4.23-debian-10-r0', mark: 'bitnami/etcd:3.4.23-debian-10-r0' },
      says: 'etcd1 runs etcd from bitnami/etcd:3.4.23-debian-10-r0, whose tag Falkirk cannot write for 3.5.26: write one such as 3.5.26-0 or v3.5.26',
    },
    {
      title: 'images of another user',
      facts: { engine: 'podman', engine_user: 'etcd', unit: 'etcd.service' },
      says: 'etcd1: etcd.service starts podman as etcd, who has images of his own: let it run as root (without User=), or upgrade this member by hand',
    },
    {
      title: 'two places in one file',
      facts: { place: [{ path: manifest, times: 2 }] },
      says: `etcd1: registry.k8s.io/etcd:3.4.23-0 stands in ${manifest} (2 times): leave it in one place, once, and come again`,
    },
    {
      title: 'two files',
      facts: {
        mark: 'v3.4.13',
        image: 'quay.io/coreos/etcd:v3.4.13',
        place: [
          { path: '/etc/etcd.env', times: 1 },
          { path: '/usr/local/bin/etcd', times: 1 },
        ],
      },
      says: 'etcd1: v3.4.13 stands in /etc/etcd.env and /usr/local/bin/etcd: leave it in one place, once, and come again',
    },
    {
      title: 'no place',
      facts: {
        mark: 'v3.4.13',
        image: 'quay.io/coreos/etcd:v3.4.13',
        place: [
          { path: '/etc/etcd.env', times: 0 },
          { path: '/usr/local/bin/etcd', times: 0 },
        ],
      },
      says: 'etcd1: v3.4.13 stands in none of /etc/etcd.env, /usr/local/bin/etcd: write it in one of them',
    },
  ])('is refused with the fix: $title', ({ facts, says }) => {
    expect(imageProblems(first(facts), v('3.5.26'))).toEqual([says])
  })
})

describe('what a member was before', () => {
  it.each([
    { what: 'nothing was done', disk: '3.4.23', runs: '3.4.23', before: '3.4.23' },
    { what: 'its file is new', disk: '3.5.26', runs: '3.4.23', previous: '3.4.23', before: '3.4.23' },
    { what: 'all of it is new', disk: '3.5.26', runs: '3.5.26', previous: '3.4.23', before: '3.4.23' },
    { what: 'its file is new and it is away', disk: '3.5.26', previous: '3.4.23', before: '3.4.23' },
    { what: 'its file was put back and the new one still runs', disk: '3.4.23', runs: '3.5.26', before: '3.4.23' },
  ])('is told also where $what', ({ before, ...seen }) => {
    const facts = Object.fromEntries(Object.entries(seen).flatMap(([name, text]) => (name === 'what' ? [] : [[name, v(text)]])))
    const { runs: _, ...rest } = first(facts).seen.facts
    expect(versionBefore({ ...rest, ...facts }, v('3.5.26'))).toEqual(v(before))
  })
})

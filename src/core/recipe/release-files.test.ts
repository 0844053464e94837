import { describe, expect, it } from 'vitest'
import { filledIn, isImageArchive, programFile, publishedAt, readChecksums, releaseLayout, releaseTemplate } from './release-files.ts'

const sha256 = '0123456789abcdef'.repeat(4)

describe('files of releases', () => {
  it.each([
    { distribution: 'k3s', architecture: 'amd64', file: 'k3s' },
    { distribution: 'k3s', architecture: 'arm64', file: 'k3s-arm64' },
    { distribution: 'k3s', architecture: 'arm', file: 'k3s-armhf' },
    { distribution: 'rke2', architecture: 'arm64', file: 'rke2.linux-arm64.tar.gz' },
  ] as const)('$distribution has $file for $architecture', ({ distribution, architecture, file }) => {
    expect(programFile(distribution, architecture)).toBe(file)
  })

  it.each([
    { place: '/srv/releases/', layout: releaseLayout('k3s'), at: '/srv/releases/v1.34.2+k3s1/k3s' },
    { place: '/srv/releases', layout: releaseLayout('kubeadm'), at: '/srv/releases/v1.34.2+k3s1/bin/linux/amd64/k3s' },
    { place: '/srv/{file}-{version}', layout: releaseLayout('k3s'), at: '/srv/k3s-v1.34.2+k3s1' },
    { place: 'https://m.example.com/k3s', layout: releaseLayout('k3s'), at: 'https://m.example.com/k3s/v1.34.2%2Bk3s1/k3s' },
    {
      place: publishedAt('k3s'),
      layout: releaseLayout('k3s'),
      at: 'https://github.com/k3s-io/k3s/releases/download/v1.34.2%2Bk3s1/k3s',
    },
  ])('of $place are at $at', ({ place, layout, at }) => {
    expect(filledIn(releaseTemplate(place, layout), { version: 'v1.34.2+k3s1', architecture: 'amd64', file: 'k3s' })).toBe(at)
  })

  it('have lists of digests, whose other lines say nothing', () => {
    const text = `${sha256}  k3s\n${sha256} *k3s-airgap-images-amd64.tar.zst\nnot a digest  k3s-arm64\n${sha256}  ../../etc/shadow\n`
    expect([...readChecksums(text).keys()]).toEqual(['k3s', 'k3s-airgap-images-amd64.tar.zst'])
  })

  it.each([
    { name: 'k3s-airgap-images-amd64.tar.zst', is: true },
    { name: 'rke2-images-canal.linux-amd64.tar.gz', is: true },
    { name: 'rke2-images.linux-arm64.tar', is: true },
    { name: 'my-images.tar', is: false },
    { name: 'rke2.linux-amd64.tar.gz', is: false },
  ])('$name is an archive of their images: $is', ({ name, is }) => {
    expect(isImageArchive(name)).toBe(is)
  })
})

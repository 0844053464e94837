import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taggedImage } from './image-reference.ts'

const sha = 'a'.repeat(64)

describe('taggedImage', () => {
  it.each([
    { point: 'point 11', image: 'test/image', tagged: 'test/image:test' },
    { point: 'point 12', image: 'test/image:test-with-image-tag', tagged: 'test/image:test-with-image-tag' },
    { point: 'point 13', image: 'img.example.com:5000/test/image', tagged: 'img.example.com:5000/test/image:test' },
    {
      point: 'point 14',
      image: 'img.example.com:5000/test/image:test-with-image-tag',
      tagged: 'img.example.com:5000/test/image:test-with-image-tag',
    },
    { point: 'Docker Hub, written out', image: 'docker.io/rancher/x', tagged: 'rancher/x:test' },
    { point: 'Docker Hub, old host', image: 'index.docker.io/rancher/x', tagged: 'rancher/x:test' },
    { point: 'official image, written out', image: 'docker.io/library/ubuntu', tagged: 'ubuntu:test' },
    { point: 'official image, half written out', image: 'library/alpine', tagged: 'alpine:test' },
    { point: 'official image', image: 'ubuntu', tagged: 'ubuntu:test' },
    { point: 'host without a name space', image: 'docker.io/ubuntu', tagged: 'ubuntu:test' },
    { point: 'library in the middle stays', image: 'library/a/b', tagged: 'library/a/b:test' },
    { point: 'other registry keeps library/', image: 'quay.io/library/ubuntu', tagged: 'quay.io/library/ubuntu:test' },
    { point: 'localhost is a registry', image: 'localhost/image', tagged: 'localhost/image:test' },
    { point: 'a first part with capitals is a registry', image: 'Registry/image', tagged: 'Registry/image:test' },
    { point: 'port without dots', image: 'registry:5000/image', tagged: 'registry:5000/image:test' },
    { point: 'IPv6 registry', image: '[fd00::1]:5000/a/b', tagged: '[fd00::1]:5000/a/b:test' },
    { point: 'separators in a name', image: 'a/b__c-d.e--f', tagged: 'a/b__c-d.e--f:test' },
    { point: 'tag and host are told apart', image: 'ubuntu:5000', tagged: 'ubuntu:5000' },
    { point: 'digest', image: `ubuntu@sha256:${sha}`, tagged: `ubuntu@sha256:${sha}` },
    { point: 'a tagged name is not shortened', image: 'docker.io/library/ubuntu:24.04', tagged: 'docker.io/library/ubuntu:24.04' },
    { point: 'tag and digest', image: `docker.io/a/b:1@sha256:${sha}`, tagged: `docker.io/a/b:1@sha256:${sha}` },
  ])('$point: $image becomes $tagged', ({ image, tagged }) => {
    expect(taggedImage(image, 'test')).toEqual({ image: tagged })
  })

  it.each([
    { image: '', why: 'is empty' },
    { image: 'Ubuntu', why: 'capital letters' },
    { image: 'rancher/K3s', why: 'capital letters' },
    { image: 'a//b', why: 'no valid image name' },
    { image: 'a b', why: 'no valid image name' },
    { image: '/a', why: 'no valid image name' },
    { image: 'a/-b', why: 'no valid image name' },
    { image: 'a/b___c', why: 'no valid image name' },
    { image: 'a:', why: 'no valid image name' },
    { image: 'a:.tag', why: 'no valid image name' },
    { image: 'https://example.com/a', why: 'no valid image name' },
    { image: sha, why: 'the ID of an image' },
    { image: `a@sha256:${'a'.repeat(63)}`, why: 'not 64 lower-case hex digits' },
    { image: `a@sha256:${'A'.repeat(64)}`, why: 'not 64 lower-case hex digits' },
    { image: `a@md5:${'a'.repeat(32)}`, why: 'unknown algorithm md5' },
    { image: `example.com/${'a'.repeat(250)}`, why: 'more than 255 characters' },
  ])('leaves $image as it is written and says why', ({ image, why }) => {
    const result = taggedImage(image, 'test')
    expect(result.image).toBe(image)
    expect(result.problem).toContain(why)
  })

  it.each(['', 'v1+k3s1', '-x', 'a b', 'x'.repeat(129)])('leaves an image without a tag when the version %j cannot be one', (version) => {
    const result = taggedImage('test/image', version)
    expect(result.image).toBe('test/image')
    expect(result.problem).toContain('cannot be a tag')
  })

  it('accepts the longest tag', () => {
    expect(taggedImage('a/b', 'x'.repeat(128)).image).toBe(`a/b:${'x'.repeat(128)}`)
  })

  it('gives an image that keeps its tag from then on', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9_.:/@-]{0,80}$/), (image) => {
        const { image: once, problem } = taggedImage(image, 'v1')
        fc.pre(problem === undefined)
        expect(taggedImage(once, 'v2')).toEqual({ image: once })
      }),
    )
  })
})

import { expect, it } from 'vitest'
import { serverVersionOf } from './server-version.ts'

const node = (kubeletVersion?: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  ...(kubeletVersion === undefined ? {} : { status: { nodeInfo: { kubeletVersion } } }),
})

it.each([
  { what: 'no node', objects: [{ apiVersion: 'v1', kind: 'Pod' }], version: undefined },
  { what: 'nodes that have said nothing', objects: [node(), node('')], version: undefined },
  { what: 'one node', objects: [node(), node('v1.30.4')], version: 'v1.30.4' },
  { what: 'an upgrade under way', objects: [node('v1.9.9'), node('v1.31.0'), node('v1.30.4')], version: 'v1.31.0' },
  { what: 'two builds of k3s', objects: [node('v1.30.4+k3s2'), node('v1.30.4+k3s10')], version: 'v1.30.4+k3s10' },
])('the server of a cluster with $what is $version', ({ objects, version }) => expect(serverVersionOf(objects)).toBe(version))

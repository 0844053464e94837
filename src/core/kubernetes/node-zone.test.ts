import { expect, it } from 'vitest'
import { zoneOf } from './node-zone.ts'

it.each([
  { labels: {}, zone: '' },
  { labels: { 'topology.kubernetes.io/zone': 'a' }, zone: '/a' },
  { labels: { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': 'a' }, zone: 'eu/a' },
  { labels: { 'topology.kubernetes.io/region': 'eu' }, zone: 'eu/' },
  { labels: { 'topology.kubernetes.io/zone': 'new', 'failure-domain.beta.kubernetes.io/zone': 'old' }, zone: '/old' },
  { labels: { 'topology.kubernetes.io/region': 'new', 'failure-domain.beta.kubernetes.io/region': 'old' }, zone: 'old/' },
])('the zone of $labels is $zone', ({ labels, zone }) => expect(zoneOf(labels)).toBe(zone))

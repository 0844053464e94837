import type { StatefulSetSpec } from 'kubernetes-types/apps/v1'
import { expect, it } from 'vitest'
import { statefulSetProblems } from './workload-problems.ts'

const spec: StatefulSetSpec = {
  serviceName: 'db',
  podManagementPolicy: 'OrderedReady',
  updateStrategy: { type: 'OnDelete' },
  selector: { matchLabels: { app: 'db' } },
  template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }], restartPolicy: 'Always' } },
}
const field = 'spec.persistentVolumeClaimRetentionPolicy'
const unknown = 'Unsupported value: "Keep": supported values: "Retain", "Delete"'

it.each([
  [undefined, []],
  [{ whenDeleted: 'Delete', whenScaled: 'Retain' }, []],
  [{ whenDeleted: 'Keep' }, [`${field}.whenDeleted: ${unknown}`]],
  [{ whenScaled: 'Keep' }, [`${field}.whenScaled: ${unknown}`]],
])('a StatefulSet with the retention policy %j is refused for %j', (persistentVolumeClaimRetentionPolicy, expected) => {
  const asked = persistentVolumeClaimRetentionPolicy === undefined ? spec : { ...spec, persistentVolumeClaimRetentionPolicy }
  expect(statefulSetProblems(asked, undefined, 30).map((cause) => `${cause.field}: ${cause.message}`)).toEqual(expected)
})

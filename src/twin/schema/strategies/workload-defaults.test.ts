import { expect, it } from 'vitest'
import { statefulSetDefaults } from './workload-defaults.ts'

it.each([{}, { status: {} }, { status: { phase: 'Pending' } }])('a claim %j of a StatefulSet is pending', (claim) => {
  const draft = { metadata: { name: 's' }, spec: { volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: {}, ...claim }] } }
  const { volumeClaimTemplates } = statefulSetDefaults(draft, 20).spec as { readonly volumeClaimTemplates: readonly object[] }
  expect(volumeClaimTemplates).toMatchObject([{ status: { phase: 'Pending' } }])
})

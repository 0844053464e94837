import { describe, expect, it } from 'vitest'
import { objectSetMarks } from './object-set.ts'

describe('objectSetMarks', () => {
  it.each([
    { planName: 'rke2-server', hash: '472c6e055857ffc04a848a084f0978b8e3c264dc' },
    { planName: 'k3s-server', hash: '9f2ac612f7e407418de10c3f7b09695f3acb1dfa' },
  ])('invariant 6: $planName has the set hash $hash', ({ planName, hash }) => {
    expect(objectSetMarks({ controllerName: 'system-upgrade-controller', planName, namespace: 'system-upgrade' })).toEqual({
      labels: { 'objectset.rio.cattle.io/hash': hash },
      annotations: {
        'objectset.rio.cattle.io/id': 'system-upgrade-controller',
        'objectset.rio.cattle.io/owner-gvk': 'upgrade.cattle.io/v1, Kind=Plan',
        'objectset.rio.cattle.io/owner-name': planName,
        'objectset.rio.cattle.io/owner-namespace': 'system-upgrade',
      },
    })
  })
})

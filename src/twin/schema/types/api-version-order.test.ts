import { describe, expect, it } from 'vitest'
import { compareApiVersions } from './api-version-order.ts'

describe('compareApiVersions', () => {
  it('orders as the Kubernetes documentation of version priority does', () => {
    const documented = ['v10', 'v2', 'v1', 'v11beta2', 'v10beta3', 'v3beta1', 'v12alpha1', 'v11alpha2', 'foo1', 'foo10']
    expect(documented.toReversed().sort(compareApiVersions)).toEqual(documented)
  })
})

import { describe, expect, it } from 'vitest'
import { completedLabels, expandVariables } from './completed-labels.ts'
import type { Plan } from './plan.ts'

function labelsOf(postCompleteLabels?: Record<string, string>) {
  const metadata = { name: 'p', namespace: 'ns', uid: 'u', resourceVersion: '1', generation: 1 }
  const plan: Plan = { metadata, spec: { upgrade: { image: 'a' }, ...(postCompleteLabels === undefined ? {} : { postCompleteLabels }) } }
  return completedLabels({ plan, latestVersion: 'v1-k3s1', hash: 'abc' })
}

describe('completedLabels', () => {
  it("without postCompleteLabels there is the Plan's own label", () => {
    expect(labelsOf()).toEqual({ 'plan.upgrade.cattle.io/p': 'abc' })
  })

  it('point 34: fills in version and hash, and leaves the rest', () => {
    expect(
      labelsOf({
        version: '$(LATEST_VERSION)',
        hash: '$(LATEST_HASH)',
        static: 'static-value',
        both: 'x-$(LATEST_VERSION)-$(LATEST_HASH)',
      }),
    ).toEqual({
      version: 'v1-k3s1',
      hash: 'abc',
      static: 'static-value',
      both: 'x-v1-k3s1-abc',
      'plan.upgrade.cattle.io/p': 'abc',
    })
  })

  it("the Plan's own label wins", () => {
    expect(labelsOf({ 'plan.upgrade.cattle.io/p': 'disabled' })).toEqual({ 'plan.upgrade.cattle.io/p': 'abc' })
  })
})

describe('expandVariables', () => {
  it.each([
    { text: '', expanded: '' },
    { text: '$(A)', expanded: '1' },
    { text: '$(A)$(A)', expanded: '11' },
    { text: '$(B)', expanded: '$(B)' },
    { text: '$$(A)', expanded: '$(A)' },
    { text: '$$$(A)', expanded: '$1' },
    { text: '$$', expanded: '$' },
    { text: '$', expanded: '$' },
    { text: '$A', expanded: '$A' },
    { text: '$(A', expanded: '$(A' },
    { text: '$()', expanded: '$()' },
    { text: '$($(A)', expanded: '$($(A)' },
    { text: '$(constructor)', expanded: '$(constructor)' },
    { text: '$x$(A)', expanded: '$x1' },
  ])('$text becomes $expanded', ({ text, expanded }) => {
    expect(expandVariables(text, { A: '1' })).toBe(expanded)
  })

  it('takes a value as it is, also one that looks like a pattern', () => {
    expect(expandVariables('$(A)', { A: "$&$1$(A)$'" })).toBe("$&$1$(A)$'")
  })
})

import type { ValidatingWebhook } from 'kubernetes-types/admissionregistration/v1'
import { describe, expect, it } from 'vitest'
import { webhookProblems } from './webhook-problems.ts'

const webhook = {
  name: 'v.example.com',
  clientConfig: { url: 'https://v.example.com' },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
}

function problemsOf(matchConditions: readonly object[]): readonly string[] {
  const problems = webhookProblems([{ ...webhook, matchConditions } as unknown as ValidatingWebhook])
  return problems.map(({ field, message }) => `${field}: ${message}`)
}

describe('matchConditions of a webhook', () => {
  it.each<[string, object[], string[]]>([
    ['may be there', [{ name: 'example.com/a', expression: 'true' }], []],
    ['need an expression', [{ name: 'a', expression: ' ' }], ['webhooks[0].matchConditions[0].expression: Required value']],
    ['need a name', [{ expression: 'true' }], ['webhooks[0].matchConditions[0].name: Required value']],
    [
      'have each a name of their own',
      [
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'false' },
      ],
      ['webhooks[0].matchConditions[1].name: Duplicate value: "a"'],
    ],
  ])('%s', (_, conditions, expected) => {
    expect(problemsOf(conditions)).toEqual(expected)
  })

  it('are written in CEL, and have names as labels have them', () => {
    expect(problemsOf([{ name: 'a b', expression: 'object.' }])).toEqual([
      expect.stringMatching(/^webhooks\[0\]\.matchConditions\[0\]\.expression: Invalid value: "object\.": compilation failed: /),
      expect.stringMatching(/^webhooks\[0\]\.matchConditions\[0\]\.name: Invalid value: "a b": name part must consist of/),
    ])
  })

  it('are 64 at most', () => {
    const conditions = Array.from({ length: 65 }, (_, i) => ({ name: `c${i}`, expression: 'true' }))
    expect(problemsOf(conditions)).toEqual(['webhooks[0].matchConditions: Too many: 65: must have at most 64 items'])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grants, matchesUrl, type PolicyRule } from './policy-rule.ts'
import { missingRules, ruleText } from './rule-cover.ts'

const onPods = (verb: string, more: object = {}) => ({ verb, path: '', resource: { group: '', version: 'v1', plural: 'pods', ...more } })
const rule = (more: Partial<PolicyRule>): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: ['pods'], ...more })

describe('a rule grants', () => {
  it.each([
    ['what it names', rule({}), onPods('get'), true],
    ['no other verb', rule({}), onPods('list'), false],
    ['every verb with a star', rule({ verbs: ['*'] }), onPods('escalate'), true],
    ['no other group', rule({ apiGroups: ['apps'] }), onPods('get'), false],
    ['every group with a star', rule({ apiGroups: ['*'] }), onPods('get'), true],
    ['no subresource by the resource', rule({}), onPods('get', { subresource: 'log' }), false],
    ['a subresource that it names', rule({ resources: ['pods/log'] }), onPods('get', { subresource: 'log' }), true],
    ['not the resource by a subresource', rule({ resources: ['pods/log'] }), onPods('get'), false],
    ['a subresource of every resource', rule({ resources: ['*/log'] }), onPods('get', { subresource: 'log' }), true],
    ['every resource and subresource with a star', rule({ resources: ['*'] }), onPods('get', { subresource: 'log' }), true],
    ['an object that it names', rule({ resourceNames: ['a'] }), onPods('get', { name: 'a' }), true],
    ['no other object', rule({ resourceNames: ['a'] }), onPods('get', { name: 'b' }), false],
    ['no list of all by a name', rule({ verbs: ['list'], resourceNames: ['a'] }), onPods('list'), false],
    ['no path by a resource', rule({ resources: ['*'] }), { verb: 'get', path: '/pods' }, false],
    ['a path', { verbs: ['get'], nonResourceURLs: ['/healthz'] }, { verb: 'get', path: '/healthz' }, true],
    ['no resource by a path', { verbs: ['*'], nonResourceURLs: ['*'] }, onPods('get'), false],
  ])('%s', (_title, granted, asked, expected) => {
    expect(grants(granted, asked)).toBe(expected)
  })

  it.each([
    ['*', '/x', true],
    ['/apis/*', '/apis/apps', true],
    ['/apis/*', '/apis', false],
    ['/healthz*', '/healthz/etcd', true],
    ['/a', '/a/', false],
  ])('the pattern %s for the path %s: %s', (pattern, path, expected) => {
    expect(matchesUrl(pattern, path)).toBe(expected)
  })
})

describe('rights that somebody does not have', () => {
  it.each([
    [
      'are told by resource, verbs joined, in order',
      [],
      [rule({ resources: ['secrets', 'pods'], verbs: ['list', 'get'] })],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["list" "get"]}', '{APIGroups:[""], Resources:["secrets"], Verbs:["list" "get"]}'],
    ],
    ['are none when one star covers all', [rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })], [rule({ verbs: ['*'] })], []],
    [
      'are those of all objects when somebody has one object',
      [rule({ resourceNames: ['a'] })],
      [rule({})],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    ],
    ['are none of one object when somebody has all', [rule({})], [rule({ resourceNames: ['a', 'b'] })], []],
    [
      'name objects',
      [rule({ resourceNames: ['a'] })],
      [rule({ resourceNames: ['a', 'b'] })],
      ['{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get"]}'],
    ],
    [
      'are every verb when somebody has all that there are by name',
      [rule({ verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] })],
      [rule({ verbs: ['*'] })],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}'],
    ],
    [
      'are paths',
      [{ verbs: ['get'], nonResourceURLs: ['/a/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/a/b', '/x'] }],
      ['{NonResourceURLs:["/x"], Verbs:["get"]}'],
    ],
  ])('%s', (_title, owned, wanted, expected) => {
    expect(missingRules(owned, wanted).map(ruleText)).toEqual(expected)
  })

  it('grant nothing that is asked for when none are missing', () => {
    const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 })
    const rules = fc.array(
      fc.record({
        verbs: some(['get', 'list', '*']),
        apiGroups: some(['', 'apps', '*']),
        resources: some(['pods', 'pods/log', '*', '*/log']),
        resourceNames: fc.subarray(['a', 'b']),
      }),
      { maxLength: 3 },
    )
    const asked = fc.record({
      verb: fc.constantFrom('get', 'list', 'watch'),
      path: fc.constant(''),
      resource: fc.record(
        {
          group: fc.constantFrom('', 'apps', 'batch'),
          version: fc.constant('v1'),
          plural: fc.constantFrom('pods', 'jobs'),
          subresource: fc.constantFrom('log', 'status'),
          name: fc.constantFrom('a', 'b', 'c'),
        },
        { requiredKeys: ['group', 'version', 'plural'] },
      ),
    })
    fc.assert(
      fc.property(rules, rules, asked, (owned, wanted, request) => {
        const given = (list: readonly PolicyRule[]) => list.some((one) => grants(one, request))
        if (missingRules(owned, wanted).length === 0 && given(wanted)) expect(given(owned)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

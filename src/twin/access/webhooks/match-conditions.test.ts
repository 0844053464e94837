import { describe, expect, it } from 'vitest'
import type { AdmissionRequest } from '../../api/admission.ts'
import { resourceTypes } from '../../schema/types/resource-types.ts'
import { conditionsHold } from './match-conditions.ts'
import type { Webhook } from './webhook.ts'

const pods = resourceTypes(30).find(({ group, plural }) => group === '' && plural === 'pods')
if (pods === undefined) throw new Error('there are no pods')
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } } }
const request: AdmissionRequest = {
  operation: 'UPDATE',
  type: pods,
  version: 'v1',
  namespace: 'shop',
  name: 'web',
  object: { ...pod, spec: { priority: 7 } },
  options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
  user: { username: 'ops', groups: ['admins'] },
  dryRun: false,
}
const facts = { request, matched: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' }, object: request.object, oldObject: undefined }

function holds(expressions: readonly string[], failurePolicy = 'Fail'): boolean {
  const matchConditions = expressions.map((expression, i) => ({ name: `c${i}`, expression }))
  const webhook = { key: 'c/0', name: 'w', spec: { failurePolicy, matchConditions } as unknown as Webhook['spec'] }
  return conditionsHold(webhook, facts)
}

const unknown = 'object.spec.nodeName == "a"'

describe('matchConditions', () => {
  it.each<[string, string[], boolean]>([
    ['none hold', [], true],
    ['see the labels of the object', ["object.metadata.labels['app.kubernetes.io/name'] == 'web'"], true],
    ['see whole numbers', ['object.spec.priority == 7'], true],
    ['see that there was no object before', ['oldObject == null'], true],
    ['see who asks', ["!('admins' in request.userInfo.groups)"], false],
    ['see what is done', ["request.operation == 'UPDATE' && request.resource.resource == 'pods' && !request.dryRun"], true],
    ['see how it was asked', ["request.options.kind == 'UpdateOptions'"], true],
    ['know what is not there', ['!has(object.spec.nodeName) && !has(request.subResource)'], true],
    ['hold only together', ['true', 'false'], false],
    ['hold where they are not understood', ["authorizer.group('').resource('pods').check('get').allowed()"], true],
    ['are over with one that is false, whatever else is wrong', [unknown, 'false'], false],
    ['know nothing of what rules of definitions speak of', ['self == 1'], true],
  ])('%s', (_, expressions, expected) => {
    expect(holds(expressions)).toBe(expected)
  })

  it('that cannot be evaluated refuse the request', () => {
    expect(() => holds([unknown])).toThrow(
      'pods "web" is forbidden: expression \'object.spec.nodeName == "a"\' resulted in error: no such key: nodeName',
    )
    expect(() => holds([unknown, 'true', unknown])).toThrow(/^pods "web" is forbidden: \[expression .*, expression .*\]$/)
  })

  it('that cannot be evaluated keep a webhook that may be ignored from being asked', () => {
    expect(holds(['true', unknown], 'Ignore')).toBe(false)
  })
})

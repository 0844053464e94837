import { describe, expect, it } from 'vitest'
import type { Webhook } from './webhook.ts'
import { matchedAs, type WebhookQuestion } from './webhook-match.ts'

const onPods = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const deployments = { operations: ['*'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] }
const podQuestion: WebhookQuestion = {
  operation: 'CREATE',
  resource: { group: '', version: 'v1', plural: 'pods' },
  equivalents: () => [],
  subresource: undefined,
  namespaced: true,
  namespaceLabels: { team: 'a' },
  objectLabels: [{ app: 'web' }],
}
const oldDeployment: Partial<WebhookQuestion> = {
  resource: { group: 'extensions', version: 'v1beta1', plural: 'deployments' },
  equivalents: () => [{ group: 'apps', version: 'v1', plural: 'deployments' }],
}

function webhook(spec: object, rule: object = {}): Webhook {
  return { key: 'c/0', name: 'w', spec: { rules: [{ ...onPods, ...rule }], ...spec } as unknown as Webhook['spec'] }
}

describe('a webhook', () => {
  it.each<[string, object, object, Partial<WebhookQuestion>, boolean]>([
    ['is asked about what its rule names', {}, {}, {}, true],
    ['not about another operation', {}, {}, { operation: 'UPDATE' }, false],
    ['not about another group', {}, { apiGroups: ['apps'] }, {}, false],
    ['not about another version', {}, { apiVersions: ['v2'] }, {}, false],
    ['not about a subresource by the resource', {}, {}, { subresource: 'eviction' }, false],
    ['about a subresource that it names', {}, { resources: ['pods/eviction'] }, { subresource: 'eviction' }, true],
    ['about all subresources', {}, { resources: ['pods/*'] }, { subresource: 'eviction' }, true],
    ['about the resource by its subresources: a star is the resource too', {}, { resources: ['pods/*'] }, {}, true],
    ['about every resource but no subresource with a star', {}, { resources: ['*'] }, { subresource: 'eviction' }, false],
    ['about everything with two stars', {}, { resources: ['*/*'] }, { subresource: 'eviction' }, true],
    ['not about a namespaced object when it is for the cluster', {}, { scope: 'Cluster' }, {}, false],
    ['about a namespaced object when it is for these', {}, { scope: 'Namespaced' }, {}, true],
    ['about a namespace that it selects', { namespaceSelector: { matchLabels: { team: 'a' } } }, {}, {}, true],
    ['not about another namespace', { namespaceSelector: { matchLabels: { team: 'b' } } }, {}, {}, false],
    [
      'about what is in no namespace, whatever it selects',
      { namespaceSelector: { matchLabels: { team: 'b' } } },
      {},
      { namespaceLabels: undefined },
      true,
    ],
    ['about an object that it selects', { objectSelector: { matchLabels: { app: 'web' } } }, {}, {}, true],
    [
      'about one that was selected before',
      { objectSelector: { matchLabels: { app: 'web' } } },
      {},
      { objectLabels: [{}, { app: 'web' }] },
      true,
    ],
    ['not about another object', { objectSelector: { matchLabels: { app: 'db' } } }, {}, {}, false],
    ['about another way to the same objects', {}, deployments, oldDeployment, true],
    ['not when it wants exactly its own way', { matchPolicy: 'Exact' }, deployments, oldDeployment, false],
  ])('%s', (...[, spec, rule, question, expected]) => {
    expect(matchedAs(webhook(spec, rule), { ...podQuestion, ...question }) !== undefined).toBe(expected)
  })
})

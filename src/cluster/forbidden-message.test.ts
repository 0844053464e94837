import { expect, it } from 'vitest'
import { forbiddenMessage } from './forbidden-message.ts'

const controller = 'system:serviceaccount:system-upgrade:falkirk'

it.each([
  {
    server: `nodes is forbidden: User "${controller}" cannot list resource "nodes" in API group "" at the cluster scope`,
    says: `user "${controller}" may not list nodes in the whole cluster: add the rule {apiGroups: [""], resources: ["nodes"], verbs: ["list"]} to a ClusterRole bound to this user`,
  },
  {
    server: `jobs.batch "x" is forbidden: User "u" cannot delete resource "jobs" in API group "batch" in the namespace "system-upgrade"`,
    says: 'user "u" may not delete jobs of API group batch in namespace system-upgrade: add the rule {apiGroups: ["batch"], resources: ["jobs"], verbs: ["delete"]} to a Role of namespace system-upgrade or a ClusterRole bound to this user',
  },
  {
    server: `plans.upgrade.cattle.io "p" is forbidden: User "u" cannot patch resource "plans/status" in API group "upgrade.cattle.io" in the namespace "s": RBAC: clusterrole.rbac.authorization.k8s.io "x" not found`,
    says: 'user "u" may not patch plans/status of API group upgrade.cattle.io in namespace s: add the rule {apiGroups: ["upgrade.cattle.io"], resources: ["plans/status"], verbs: ["patch"]} to a Role of namespace s or a ClusterRole bound to this user',
  },
  {
    server: 'forbidden: User "u" cannot get path "/version"',
    says: 'user "u" may not get /version: add the rule {nonResourceURLs: ["/version"], verbs: ["get"]} to a ClusterRole bound to this user',
  },
  {
    server: 'forbidden: User "system:anonymous" cannot get path "/version"',
    says: 'user "system:anonymous" may not get /version: the API server did not recognise any credentials, so check those of the kubeconfig\'s user or of the service account',
  },
])('names verb, resource, user and rule: $server', ({ server, says }) => {
  expect(forbiddenMessage(server)).toBe(says)
})

it.each([
  'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5',
  'pods "x" is forbidden: unable to create new content in namespace a because it is being terminated',
  'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged',
  '',
])('proposes no rule where RBAC is not the reason: "%s"', (server) => {
  expect(forbiddenMessage(server)).toBeUndefined()
})

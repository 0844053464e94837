const resourceRefusal =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/
const pathRefusal = /User "(?<user>[^"]*)" cannot (?<verb>\S+) path "(?<path>[^"]+)"/

/**
 * Says who may not do what, and the RBAC rule that would allow it, from the message of a 403 answer.
 * Undefined when the refusal is not the authorizer's (an admission plugin, a quota, a namespace that is going): no rule would help there.
 * Source: message format of k8s.io/apiserver `responsewriters.Forbidden`, the same from v1.14 to v1.37.
 */
export function forbiddenMessage(serverMessage: string): string | undefined {
  const refusal = refusedRule(serverMessage)
  if (refusal === undefined) return undefined
  const { user, verb, what, where, rule, role } = refusal
  const refused = `user "${user}" may not ${verb} ${what}${where}`
  if (user === 'system:anonymous') {
    return `${refused}: the API server did not recognise any credentials, so check those of the kubeconfig's user or of the service account`
  }
  return `${refused}: add the rule ${rule} to a ${role} bound to this user`
}

function refusedRule(serverMessage: string) {
  const onPath = pathRefusal.exec(serverMessage)?.groups
  if (onPath !== undefined) {
    const { user = '', verb = '', path = '' } = onPath
    return { user, verb, what: path, where: '', rule: `{nonResourceURLs: ["${path}"], verbs: ["${verb}"]}`, role: 'ClusterRole' }
  }
  const onResource = resourceRefusal.exec(serverMessage)?.groups
  if (onResource === undefined) return undefined
  const { user = '', verb = '', resource = '', group = '', namespace } = onResource
  return {
    user,
    verb,
    what: group === '' ? resource : `${resource} of API group ${group}`,
    where: namespace === undefined ? ' in the whole cluster' : ` in namespace ${namespace}`,
    rule: `{apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"]}`,
    role: namespace === undefined ? 'ClusterRole' : `Role of namespace ${namespace} or a ClusterRole`,
  }
}

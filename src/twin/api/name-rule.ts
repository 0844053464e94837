import { dns1035LabelProblem, dnsLabelProblem, dnsSubdomainProblem } from '../../core/kubernetes/dns-name.ts'

/** What an object's name has to be like. Source: Kubernetes, Object Names and IDs. */
type NameRule = 'Subdomain' | 'Label' | 'Label1035' | 'PathSegment'

/** All other resources have names that are DNS subdomains. */
const rules: Readonly<Record<string, NameRule>> = {
  namespaces: 'Label',
  services: 'Label1035',
  'roles.rbac.authorization.k8s.io': 'PathSegment',
  'rolebindings.rbac.authorization.k8s.io': 'PathSegment',
  'clusterroles.rbac.authorization.k8s.io': 'PathSegment',
  'clusterrolebindings.rbac.authorization.k8s.io': 'PathSegment',
}

/** Why a name may not be that of an object of this resource (as the store names it), in the API server's words. `prefix`: it is a generateName. */
export function nameProblem(resource: string, name: string, prefix: boolean): string | undefined {
  const rule = rules[resource] ?? 'Subdomain'
  // A prefix may end in a dash, for something comes after it.
  const tested = prefix && rule !== 'PathSegment' && name.endsWith('-') ? `${name.slice(0, -1)}a` : name
  switch (rule) {
    case 'Subdomain':
      return dnsSubdomainProblem(tested)
    case 'Label':
      return dnsLabelProblem(tested)
    case 'Label1035':
      return dns1035LabelProblem(tested)
    case 'PathSegment':
      return pathSegmentProblem(tested)
  }
}

function pathSegmentProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  for (const character of ['/', '%']) {
    if (name.includes(character)) return `may not contain '${character}'`
  }
  return undefined
}

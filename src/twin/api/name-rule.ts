/** What an object's name has to be like. Source: Kubernetes, Object Names and IDs. */
type NameRule = 'Subdomain' | 'Label' | 'Label1035' | 'PathSegment'

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** All other resources have names that are DNS subdomains. */
const rules: Readonly<Record<string, NameRule>> = {
  namespaces: 'Label',
  services: 'Label1035',
  'roles.rbac.authorization.k8s.io': 'PathSegment',
  'rolebindings.rbac.authorization.k8s.io': 'PathSegment',
  'clusterroles.rbac.authorization.k8s.io': 'PathSegment',
  'clusterrolebindings.rbac.authorization.k8s.io': 'PathSegment',
  events: 'Subdomain',
}

/** Why a name may not be that of an object of this resource (as the store names it), in the API server's words. `prefix`: it is a generateName. */
export function nameProblem(resource: string, name: string, prefix: boolean): string | undefined {
  const rule = rules[resource] ?? 'Subdomain'
  // A prefix may end in a dash, for something comes after it.
  const tested = prefix && rule !== 'PathSegment' && name.endsWith('-') ? `${name.slice(0, -1)}a` : name
  switch (rule) {
    case 'Subdomain':
      return subdomainProblem(tested)
    case 'Label':
      return labelProblem(tested)
    case 'Label1035':
      return label1035Problem(tested)
    case 'PathSegment':
      return pathSegmentProblem(tested)
  }
}

/** Why a text is no DNS subdomain (RFC 1123), in the API server's words. */
export function subdomainProblem(name: string): string | undefined {
  if (name.length > 253) return 'must be no more than 253 characters'
  if (dnsSubdomain.test(name)) return undefined
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  )
}

/** Why a text is no DNS label (RFC 1123), in the API server's words. */
export function labelProblem(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 characters'
  if (dnsLabel.test(name)) return undefined
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
    "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  )
}

function label1035Problem(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 characters'
  if (dns1035Label.test(name)) return undefined
  return (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric " +
    "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  )
}

function pathSegmentProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  for (const character of ['/', '%']) {
    if (name.includes(character)) return `may not contain '${character}'`
  }
  return undefined
}

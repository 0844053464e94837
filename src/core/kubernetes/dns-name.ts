const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * Whether a text may be the name of most objects: lower-case letters, digits, `-` and `.`, at most 253 characters.
 * Source: Kubernetes, Object Names and IDs (RFC 1123 subdomain).
 */
export function isDnsSubdomain(text: string): boolean {
  return dnsSubdomainProblem(text) === undefined
}

/** Why a text is no DNS subdomain (RFC 1123, at most 253 characters), in the API server's words; `undefined` when it is one. */
export function dnsSubdomainProblem(text: string): string | undefined {
  if (text.length > 253) return 'must be no more than 253 characters'
  if (dnsSubdomain.test(text)) return undefined
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  )
}

/** Why a text is no DNS label (RFC 1123, at most 63 characters), in the API server's words; `undefined` when it is one. */
export function dnsLabelProblem(text: string): string | undefined {
  if (text.length > 63) return 'must be no more than 63 characters'
  if (dnsLabel.test(text)) return undefined
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
    "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  )
}

/** Why a text is no DNS label that begins with a letter (RFC 1035, at most 63 characters), in the API server's words; `undefined` when it is one. */
export function dns1035LabelProblem(text: string): string | undefined {
  if (text.length > 63) return 'must be no more than 63 characters'
  if (dns1035Label.test(text)) return undefined
  return (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric " +
    "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
  )
}

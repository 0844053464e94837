import { dnsSubdomainProblem, isDnsSubdomain } from './dns-name.ts'

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

/**
 * Whether a text may be the value of a label: at most 63 characters, letters, digits, `-`, `_` and `.`, both ends a letter or digit; may be empty.
 * Source: Kubernetes, Labels and Selectors.
 */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && labelValue.test(text)
}

/** The beginning of an object's name that may be the value of a label: names may be four times as long. */
export function shortLabelValue(name: string): string {
  return name.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '')
}

/**
 * Whether a text may be the key of a label or annotation: a name of 1 to 63 characters, optionally behind `PREFIX/`, a DNS subdomain of at most 253.
 * Source: Kubernetes, Labels and Selectors.
 */
export function isLabelKey(text: string): boolean {
  const parts = text.split('/')
  const name = parts.pop() ?? ''
  if (name.length > 63 || !qualifiedName.test(name)) return false
  return parts.length === 0 || (parts.length === 1 && isDnsSubdomain(parts[0] ?? ''))
}

/** Why a text may not be the value of a label, in the API server's words; `undefined` when it may. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return 'must be no more than 63 characters'
  if (labelValue.test(text)) return undefined
  return (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  )
}

/** Why a text may not be the key of a label, in the API server's words; `undefined` when it may. */
export function labelKeyProblem(text: string): string | undefined {
  if (isLabelKey(text)) return undefined
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2) {
    return `a qualified name ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`
  }
  if (name === '') return 'name part must be non-empty'
  if (name.length > 63) return 'name part must be no more than 63 characters'
  if (!qualifiedName.test(name)) return `name part ${nameRule}`
  return parts[0] === '' ? 'prefix part must be non-empty' : `prefix part ${dnsSubdomainProblem(parts[0] ?? '')}`
}

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

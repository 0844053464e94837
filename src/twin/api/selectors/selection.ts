import type { KubeObject } from '../../kube-object.ts'
import type { ResourceType } from '../resource-type.ts'
import { badRequest } from '../status-error.ts'
import { parseLabelSelector } from './label-selector-query.ts'
import { fieldReader } from './selectable-fields.ts'

/** What a list or a watch is about. */
export interface Selection {
  readonly namespace?: string
  /** Set when at most one object can be selected. */
  readonly name?: string
  /** Set when all selected pods are on one node. */
  readonly nodeName?: string
  /** Whether labels or fields select at all; a list that is selected from does not tell how much remains. */
  readonly filtered: boolean
  /** Label and field selector together, without the namespace. */
  matches(object: KubeObject): boolean
}

export interface SelectionRequest {
  readonly type: ResourceType
  readonly version: string
  readonly minor: number
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly labelSelector: string
  readonly fieldSelector: string
}

interface FieldTerm {
  readonly label: string
  readonly value: string
  readonly equal: boolean
}

const empty: Readonly<Record<string, string>> = {}

/** Throws 400 when one of the selectors cannot be read. */
export function selectionOf(request: SelectionRequest): Selection {
  const { type, version, minor, namespace } = request
  const labels = parseLabelSelector(request.labelSelector)
  const terms = fieldTerms(request.fieldSelector)
  const named = withName(terms, request.name)
  const tests = named.map(({ label, value, equal }) => {
    const read = fieldReader(type, version, label, minor)
    return (object: KubeObject) => (read(object) === value) === equal
  })
  const equalTo = (label: string) => named.find((term) => term.equal && term.label === label)?.value
  const [name, nodeName] = [equalTo('metadata.name'), type.plural === 'pods' ? equalTo('spec.nodeName') : undefined]
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    filtered: labels !== undefined || tests.length > 0,
    matches: (object) => (labels === undefined || labels(object.metadata.labels ?? empty)) && tests.every((test) => test(object)),
  }
}

function withName(terms: readonly FieldTerm[], name: string | undefined): readonly FieldTerm[] {
  if (name === undefined) return terms
  const other = terms.some((term) => !(term.equal && term.label === 'metadata.name' && term.value === name))
  if (other) throw badRequest("fieldSelector metadata.name doesn't match requested name")
  return [{ label: 'metadata.name', value: name, equal: true }]
}

/** Source: Kubernetes, apimachinery fields.ParseSelector. */
function fieldTerms(text: string): readonly FieldTerm[] {
  return (text.match(/(?:\\.|[^,\\]|\\$)+/g) ?? []).map((part) => {
    const [, label, operator, value] = /^(.*?)(!=|==|=)(.*)$/s.exec(part) ?? []
    if (label === undefined || value === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
    return { label, value: unescaped(value), equal: operator !== '!=' }
  })
}

function unescaped(value: string): string {
  if (/^(?:[^\\,=]|\\[\\,=])*$/.test(value)) return value.replace(/\\([\\,=])/g, '$1')
  throw badRequest(`invalid field selector: invalid escape sequence: ${value}`)
}

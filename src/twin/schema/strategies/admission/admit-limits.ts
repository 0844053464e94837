import type { Container, LimitRange, Pod } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../../../kube-object.ts'
import type { ObjectReader } from './admission-verdict.ts'

const annotation = 'kubernetes.io/limit-ranger'

interface Merged {
  readonly container: Container
  /** What was set, as the annotation says it. */
  readonly notes: readonly string[]
}

/** A new pod with the requests and limits that its namespace gives to containers without. Source: Kubernetes, Limit Ranges. */
export function admitLimits(draft: DraftObject, namespace: string, reader: ObjectReader): DraftObject {
  return reader.list('limitranges', namespace).reduce((pod, range) => withDefaults(pod, as<LimitRange>(range)), draft)
}

function withDefaults(draft: DraftObject, { spec: rules }: LimitRange): DraftObject {
  const { spec, metadata } = as<Pod>(draft)
  if (spec === undefined) return draft
  const limits = defaultsOf(rules, 'default')
  const requests = defaultsOf(rules, 'defaultRequest')
  const merge = (kind: string) => (container: Container) => merged(container, { kind, limits, requests })
  const containers = (spec.containers ?? []).map(merge('container'))
  const inits = (spec.initContainers ?? []).map(merge('init container'))
  const notes = [...containers, ...inits].flatMap((one) => one.notes)
  if (notes.length === 0) return draft
  return {
    ...draft,
    metadata: { ...draft.metadata, annotations: { ...metadata?.annotations, [annotation]: `LimitRanger plugin set: ${notes.join('; ')}` } },
    spec: {
      ...spec,
      containers: containers.map(({ container }) => container),
      ...(inits.length === 0 ? {} : { initContainers: inits.map(({ container }) => container) }),
    },
  }
}

type Amounts = Readonly<Record<string, string>>

function defaultsOf(rules: LimitRange['spec'], part: 'default' | 'defaultRequest'): Amounts {
  const containers = (rules?.limits ?? []).filter(({ type }) => type === 'Container')
  return Object.assign({}, ...containers.map((limit) => limit[part] ?? {}))
}

interface Defaults {
  readonly kind: string
  readonly limits: Amounts
  readonly requests: Amounts
}

function merged(container: Container, { kind, limits, requests }: Defaults): Merged {
  const { resources } = container
  const missing = (defaults: Amounts, given: object | undefined) =>
    Object.keys(defaults)
      .filter((name) => !(name in (given ?? {})))
      .sort()
  const setRequests = missing(requests, resources?.requests)
  const setLimits = missing(limits, resources?.limits)
  if (setRequests.length + setLimits.length === 0) return { container, notes: [] }
  const next = { ...resources, limits: { ...limits, ...resources?.limits }, requests: { ...requests, ...resources?.requests } }
  const note = (names: readonly string[], what: string) =>
    names.length === 0 ? [] : [`${names.join(', ')} ${what} for ${kind} ${container.name}`]
  return { container: { ...container, resources: next }, notes: [...note(setRequests, 'request'), ...note(setLimits, 'limit')] }
}

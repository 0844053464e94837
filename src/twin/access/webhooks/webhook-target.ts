import type { Endpoints, Service } from 'kubernetes-types/core/v1'
import { as } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'

/** Where a webhook is. */
export type WebhookTarget =
  /** Called over HTTPS. */
  | { readonly kind: 'Address'; readonly host: string; readonly port: number }
  /** A function of this process: gets an AdmissionReview with a request and gives one with a response. */
  | { readonly kind: 'InProcess'; readonly answer: (review: unknown) => unknown }
  /** Its pods are only pretended: nothing is known of what it would say, and it is taken to allow everything. */
  | { readonly kind: 'Assumed' }
  /** `why` in the words of the API server. */
  | { readonly kind: 'Unreachable'; readonly why: string }

/** Finds what serves a webhook of a Service. */
export type ServiceResolver = (namespace: string, name: string, port: number) => WebhookTarget

/** Services that really answer, by `namespace/name`. */
export type AnsweringServices = Readonly<Record<string, Extract<WebhookTarget, { kind: 'Address' | 'InProcess' }>>>

/** Looks at Services and their Endpoints: without ready ones nothing can be reached, whatever stands behind. Source: Kubernetes, aggregator routing. */
export function storedServices(store: ObjectStore, answering: AnsweringServices = {}): ServiceResolver {
  return (namespace, name, port) => {
    const service = store.get('services', namespace, name)
    if (service === undefined) return { kind: 'Unreachable', why: `service ${JSON.stringify(name)} not found` }
    const { spec } = as<Service>(service)
    const target = answering[`${namespace}/${name}`] ?? { kind: 'Assumed' as const }
    if (spec?.type === 'ExternalName') return target
    const served = spec?.ports?.find((one) => one.port === port)
    if (served === undefined) return { kind: 'Unreachable', why: `no service port ${port} found for service ${JSON.stringify(name)}` }
    const endpoints = store.get('endpoints', namespace, name)
    const ready = (endpoints === undefined ? [] : (as<Endpoints>(endpoints).subsets ?? [])).some(
      ({ addresses = [], ports = [] }) => addresses.length > 0 && ports.some((one) => (one.name ?? '') === (served.name ?? '')),
    )
    return ready ? target : { kind: 'Unreachable', why: `no endpoints available for service ${JSON.stringify(name)}` }
  }
}

/** The address of a webhook that is named by its URL: only this machine is called; of all others nothing is known. */
export function targetOfUrl(url: string): WebhookTarget {
  if (!URL.canParse(url)) return { kind: 'Unreachable', why: `${JSON.stringify(url)} is no URL` }
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host !== 'localhost' && host !== '::1' && !/^127(\.\d{1,3}){3}$/.test(host)) return { kind: 'Assumed' }
  return { kind: 'Address', host, port: port === '' ? 443 : Number(port) }
}

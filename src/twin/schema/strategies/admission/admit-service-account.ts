import type { Container, Pod, PodSpec, ServiceAccount, Volume } from 'kubernetes-types/core/v1'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const mirror = 'kubernetes.io/config.mirror'
/** Since then a pod gets a token of its own instead of a Secret with that of its account. */
const boundTokenSince = 21

export interface AccountPorts {
  readonly reader: ObjectReader
  readonly minor: number
  /** Five characters for the name of a volume. */
  readonly suffix: () => string
}

/**
 * A new pod with its service account, the token of that mounted in every container, and the account's pull secrets.
 * Source: Kubernetes, Managing Service Accounts, ServiceAccount admission controller.
 */
export function admitServiceAccount(draft: DraftObject, namespace: string, ports: AccountPorts): AdmissionVerdict {
  const { metadata, spec } = as<Pod>(draft)
  if (spec === undefined) return admitted(draft)
  if (metadata?.annotations?.[mirror] !== undefined) return admitMirror(draft, spec)
  const name = spec.serviceAccountName || 'default'
  const account = ports.reader.get('serviceaccounts', namespace, name)
  if (account === undefined) return refused(`error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`)
  const given = as<ServiceAccount>(account)
  const token = wantsToken(spec, given) ? tokenVolume(spec, given, ports) : undefined
  if (token === 'None') return retry(name)
  const secrets = spec.imagePullSecrets?.length ? spec.imagePullSecrets : given.imagePullSecrets
  const named = { ...spec, serviceAccount: name, serviceAccountName: name, ...(secrets?.length ? { imagePullSecrets: secrets } : {}) }
  return admitted({ ...draft, spec: token === undefined ? named : mounted(named, token) })
}

function admitMirror(draft: DraftObject, spec: PodSpec): AdmissionVerdict {
  if (spec.serviceAccountName) return refused('a mirror pod may not reference service accounts')
  return spec.volumes?.some(({ secret }) => secret) ? refused('a mirror pod may not reference secrets') : admitted(draft)
}

function retry(name: string): AdmissionVerdict {
  const why = `No API token found for service account "${name}", retry after the token is automatically created and added to the service account`
  return { kind: 'Retry', why }
}

function wantsToken(spec: PodSpec, account: ServiceAccount): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
}

function tokenVolume(spec: PodSpec, account: ServiceAccount, { reader, minor, suffix }: AccountPorts): Volume | 'None' {
  const volumes = spec.volumes ?? []
  if (minor >= boundTokenSince) {
    return volumes.find(({ name }) => name.startsWith('kube-api-access-')) ?? boundToken(`kube-api-access-${suffix()}`)
  }
  const namespace = account.metadata?.namespace
  const secretName = account.secrets?.map(({ name = '' }) => name).find((name) => isToken(reader, namespace, name))
  if (secretName === undefined) return 'None'
  const known = volumes.find(({ secret }) => secret?.secretName === secretName)
  if (known !== undefined) return known
  const name = secretName.replaceAll('.', '-')
  const taken = volumes.some((volume) => volume.name === name)
  return { name: taken ? `${name}-${suffix()}` : name, secret: { secretName, defaultMode: 420 } }
}

function isToken(reader: ObjectReader, namespace: string | undefined, name: string): boolean {
  return reader.get('secrets', namespace, name)?.type === 'kubernetes.io/service-account-token'
}

function boundToken(name: string): Volume {
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ]
  return { name, projected: { sources, defaultMode: 420 } }
}

function mounted(spec: PodSpec, volume: Volume): PodSpec {
  const mount = { name: volume.name, readOnly: true, mountPath: tokenPath }
  const own = (container: Container) => container.volumeMounts?.some(({ mountPath }) => mountPath === tokenPath) ?? false
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  if (all.every(own)) return spec
  const withMount = (container: Container): Container =>
    own(container) ? container : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
  const volumes = spec.volumes ?? []
  return {
    ...spec,
    containers: spec.containers.map(withMount),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(withMount) } : {}),
    volumes: volumes.includes(volume) ? volumes : [...volumes, volume],
  }
}

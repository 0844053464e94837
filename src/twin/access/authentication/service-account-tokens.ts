import type { Secret } from 'kubernetes-types/core/v1'
import type { Clock } from '../../../cluster/clock.ts'
import type { UserInfo } from '../../api/user-info.ts'
import type { TokenSubject } from '../../controllers/service-account/token-controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { BoundClaims, SecretClaims } from './service-account-claims.ts'
import { SigningKey } from './signing-key.ts'

/** As kubeadm sets it. */
export const usualIssuer = 'https://kubernetes.default.svc.cluster.local'

export interface TokenPorts {
  readonly store: ObjectStore
  readonly clock: Clock
  /** Of the API server, as tokens name it. */
  readonly issuer: string
  /** 32 bytes that nobody else knows. */
  readonly seed: Uint8Array
}

/** What a token is bound to: it is worth nothing when that is gone. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret'
  readonly name: string
  readonly uid: string
}

export interface TokenOrder {
  readonly namespace: string
  readonly account: KubeObject
  readonly audiences: readonly string[]
  /** How long it is good, and how long until its use is warned of. */
  readonly seconds: number
  readonly warnSeconds?: number
  readonly boundTo?: BoundObject
  /** Of its own, since 1.30. */
  readonly tokenId?: string
}

/** Who a token speaks for, and to whom. */
export interface KnownToken {
  readonly user: UserInfo
  readonly audiences: readonly string[]
}

/** Makes the tokens of service accounts and knows them again. Source: Kubernetes, Managing Service Accounts. */
export class ServiceAccountTokens {
  readonly key: SigningKey
  readonly issuer: string
  readonly #store: ObjectStore
  readonly #clock: Clock

  constructor({ store, clock, issuer, seed }: TokenPorts) {
    this.#store = store
    this.#clock = clock
    this.issuer = issuer
    this.key = new SigningKey(seed)
  }

  issue({ namespace, account, audiences, seconds, warnSeconds, boundTo, tokenId }: TokenOrder): string {
    const now = Math.floor(this.#clock.now() / 1_000)
    const { name, uid } = account.metadata
    const bound = boundTo === undefined ? {} : { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } }
    const warn = warnSeconds === undefined ? {} : { warnafter: now + warnSeconds }
    return this.key.token({
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: this.issuer,
      ...(tokenId === undefined ? {} : { jti: tokenId }),
      'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid }, ...warn },
      nbf: now,
      sub: subjectOf(namespace, name),
    })
  }

  /** For Secrets of type service-account-token. */
  readonly forSecret = ({ namespace, serviceAccount, uid, secret }: TokenSubject): string =>
    this.key.token({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': namespace,
      'kubernetes.io/serviceaccount/secret.name': secret,
      'kubernetes.io/serviceaccount/service-account.name': serviceAccount,
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: subjectOf(namespace, serviceAccount),
    })

  /** `undefined` for a token that is not of here, is over, or whose service account, Secret or pod is gone. */
  known(token: string, audiences: readonly string[] = [this.issuer]): KnownToken | undefined {
    const claims = this.#claimsOf(token)
    const fromSecret = SecretClaims.safeParse(claims)
    if (fromSecret.success) return this.#ofSecret(token, fromSecret.data, audiences)
    const bound = BoundClaims.safeParse(claims)
    return bound.success ? this.#ofBound(bound.data, audiences) : undefined
  }

  #claimsOf(token: string): unknown {
    try {
      return this.key.claims(token)
    } catch {
      return undefined
    }
  }

  #ofSecret(token: string, claims: SecretClaims, audiences: readonly string[]): KnownToken | undefined {
    const namespace = claims['kubernetes.io/serviceaccount/namespace']
    const secret = this.#store.get('secrets', namespace, claims['kubernetes.io/serviceaccount/secret.name'])
    if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return undefined
    if (Buffer.from(as<Secret>(secret).data?.token ?? '', 'base64').toString('utf8') !== token) return undefined
    const account = {
      name: claims['kubernetes.io/serviceaccount/service-account.name'],
      uid: claims['kubernetes.io/serviceaccount/service-account.uid'],
    }
    if (!this.#lives('serviceaccounts', namespace, account)) return undefined
    return { user: serviceAccountUser(namespace, account), audiences }
  }

  #ofBound(claims: BoundClaims, audiences: readonly string[]): KnownToken | undefined {
    const nowMs = this.#clock.now()
    const common = claims.aud.filter((audience) => audiences.includes(audience))
    if (claims.iss !== this.issuer || nowMs < claims.nbf * 1_000 || nowMs >= claims.exp * 1_000 || common.length === 0) return undefined
    const { namespace, serviceaccount, pod, secret } = claims['kubernetes.io']
    if (!this.#lives('serviceaccounts', namespace, serviceaccount)) return undefined
    if (pod !== undefined && !this.#lives('pods', namespace, pod)) return undefined
    if (secret !== undefined && !this.#lives('secrets', namespace, secret)) return undefined
    return { user: serviceAccountUser(namespace, serviceaccount, pod), audiences: common }
  }

  #lives(resource: string, namespace: string, { name, uid }: Named): boolean {
    const found = this.#store.get(resource, namespace, name)
    return found !== undefined && found.metadata.uid === uid && !this.#isLongDeleted(found)
  }

  /** A pod that ends may still ask for a while. */
  #isLongDeleted({ metadata: { deletionTimestamp } }: KubeObject): boolean {
    return deletionTimestamp !== undefined && this.#clock.now() > Date.parse(deletionTimestamp) + 60_000
  }
}

interface Named {
  readonly name: string
  readonly uid?: string
}

/** The user that a service account is, in a pod when one is named. Source: Kubernetes, service account token authenticator. */
export function serviceAccountUser(namespace: string, { name, uid }: Named, pod?: Named): UserInfo {
  return {
    username: subjectOf(namespace, name),
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(pod === undefined
      ? {}
      : {
          extra: {
            'authentication.kubernetes.io/pod-name': [pod.name],
            'authentication.kubernetes.io/pod-uid': [pod.uid ?? ''],
          },
        }),
  }
}

function subjectOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`
}

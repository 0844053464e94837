import { z } from 'zod'

const reference = z.object({ name: z.string(), uid: z.string() })

/** Of a token that was asked for. Times in seconds. Source: Kubernetes, Managing Service Accounts, bound tokens. */
export const BoundClaims = z.object({
  aud: z.array(z.string()),
  exp: z.number(),
  iat: z.number(),
  iss: z.string(),
  nbf: z.number(),
  sub: z.string(),
  jti: z.string().optional(),
  'kubernetes.io': z.object({
    namespace: z.string(),
    serviceaccount: reference,
    pod: reference.optional(),
    secret: reference.optional(),
    node: reference.optional(),
    warnafter: z.number().optional(),
  }),
})
export type BoundClaims = z.infer<typeof BoundClaims>

/** Of a token that lies in a Secret; it has no end. */
export const SecretClaims = z.object({
  iss: z.literal('kubernetes/serviceaccount'),
  'kubernetes.io/serviceaccount/namespace': z.string(),
  'kubernetes.io/serviceaccount/secret.name': z.string(),
  'kubernetes.io/serviceaccount/service-account.name': z.string(),
  'kubernetes.io/serviceaccount/service-account.uid': z.string(),
  sub: z.string(),
})
export type SecretClaims = z.infer<typeof SecretClaims>

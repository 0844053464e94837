import * as z from 'zod'

// Only what Falkirk reads; unknown fields are left alone, as kubectl does.
// Source: Kubernetes reference "kubeconfig (v1)".

const text = z.string()
const optionalText = text.optional()

/** The parts of a file that are read before a context is chosen: an entry nobody uses may be broken. */
export const KubeConfigFile = z.object({
  'current-context': text.nullish(),
  clusters: z.array(z.object({ name: text, cluster: z.unknown() })).nullish(),
  users: z.array(z.object({ name: text, user: z.unknown() })).nullish(),
  contexts: z.array(z.object({ name: text, context: z.unknown() })).nullish(),
})
export type KubeConfigFile = z.infer<typeof KubeConfigFile>

export const ContextEntry = z.object({ cluster: text, user: text.optional(), namespace: optionalText })
export type ContextEntry = z.infer<typeof ContextEntry>

export const ClusterEntry = z.object({
  server: text.min(1),
  'certificate-authority': optionalText,
  'certificate-authority-data': optionalText,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': optionalText,
  'proxy-url': optionalText,
  extensions: z.array(z.object({ name: text, extension: z.unknown() })).nullish(),
})
export type ClusterEntry = z.infer<typeof ClusterEntry>

export const ExecEntry = z.object({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1', 'client.authentication.k8s.io/v1alpha1']),
  command: text.min(1),
  args: z.array(text).nullish(),
  env: z.array(z.object({ name: text, value: text })).nullish(),
  installHint: optionalText,
  provideClusterInfo: z.boolean().optional(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).optional(),
})
export type ExecEntry = z.infer<typeof ExecEntry>

export const AuthProviderEntry = z.object({ name: text, config: z.record(text, z.unknown()).nullish() })
export type AuthProviderEntry = z.infer<typeof AuthProviderEntry>

export const UserEntry = z.object({
  'client-certificate': optionalText,
  'client-certificate-data': optionalText,
  'client-key': optionalText,
  'client-key-data': optionalText,
  token: optionalText,
  tokenFile: optionalText,
  username: optionalText,
  password: optionalText,
  as: optionalText,
  'as-uid': optionalText,
  'as-groups': z.array(text).nullish(),
  'as-user-extra': z.record(text, z.array(text)).nullish(),
  exec: ExecEntry.nullish(),
  'auth-provider': AuthProviderEntry.nullish(),
})
export type UserEntry = z.infer<typeof UserEntry>

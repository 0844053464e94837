import { FalkirkError } from '../core/falkirk-error.ts'
import type { AuthProviderEntry } from './kube-config-schema.ts'

/** Gives the `Authorization` header of a legacy `auth-provider`. */
export type AuthProvider = () => Promise<string>

/**
 * The providers of old kubeconfigs (`oidc`, `gcp`, `azure`), which refresh tokens in ways of their own: done by @kubernetes/client-node.
 * It is loaded for these alone, because loading it takes a third of a second.
 * One instance keeps its refreshed tokens: a refresh token may be good for one use only.
 * Throws FK_KUBECONFIG when the provider gives nothing.
 */
export function createAuthProvider(provider: AuthProviderEntry): AuthProvider {
  let config: Promise<{ applyToHTTPSOptions(options: object): Promise<void> }> | undefined
  return async () => {
    config ??= loadKubeConfig(provider)
    const options: { headers?: Record<string, unknown> } = {}
    try {
      await (await config).applyToHTTPSOptions(options)
    } catch (error) {
      throw providerError(provider, (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '', error)
    }
    const header = options.headers?.Authorization
    if (typeof header !== 'string') throw providerError(provider, 'gives no token')
    return header
  }
}

async function loadKubeConfig(provider: AuthProviderEntry) {
  const { clientNodeConfig } = await import('./client-node-config.ts')
  return clientNodeConfig(provider)
}

function providerError({ name }: AuthProviderEntry, problem: string, cause?: unknown): FalkirkError {
  return new FalkirkError('FK_KUBECONFIG', `auth-provider ${name}: ${problem}; log in again, or use an exec plugin`, { cause })
}

import { KubeConfig } from '@kubernetes/client-node'
import type { AuthProviderEntry } from './kube-config-schema.ts'

/**
 * A KubeConfig of @kubernetes/client-node with one user of this provider. The only file that names that package: imported as a whole it takes
 * 80 MB, as one class of a file of its own the bundler leaves the rest out.
 */
export function clientNodeConfig(provider: AuthProviderEntry): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server: 'https://localhost', skipTLSVerify: false }],
    users: [{ name: 'user', authProvider: { ...provider, config: { ...provider.config } } }],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  })
  return config
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes a kubeconfig with one context `test` of a cluster and a user; returns its path. */
export async function writeKubeConfig(folder: string, cluster: object, user: object, name = 'config'): Promise<string> {
  const file = join(folder, name)
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
  }
  // JSON is YAML.
  await writeFile(file, JSON.stringify(content))
  return file
}

/** Text as the `-data` fields of a kubeconfig hold it. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

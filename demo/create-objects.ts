import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { type PlainApi, PlainApiError } from '../test/rig/plain-api.ts'

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** Creates what YAML files hold, in their order; what is there already stays as it is. */
export async function createObjects(api: PlainApi, files: readonly URL[]): Promise<void> {
  for (const file of files) {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      const manifest = document.toJS() as Manifest
      await api.post(collectionOf(manifest), manifest).catch((error: unknown) => {
        if (!(error instanceof PlainApiError) || error.status !== 409) throw error
      })
    }
  }
}

function collectionOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  return `${root}${scope}/${kind.toLowerCase()}s`
}

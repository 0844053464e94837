/** What watching needs of any object, before it is trimmed. */
export interface RawMetadata {
  readonly name: string
  readonly namespace?: string
  readonly resourceVersion: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** Reads `metadata` of an object that came over the wire; throws when there is none. A bookmark has a resourceVersion and no name. */
export function rawMetadata(raw: unknown): RawMetadata {
  const metadata = record(record(raw)?.metadata)
  if (metadata === undefined) throw new Error('the API server sent an object without metadata')
  const { name, namespace, resourceVersion, annotations } = metadata
  return {
    name: typeof name === 'string' ? name : '',
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    annotations: record(annotations) ?? {},
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

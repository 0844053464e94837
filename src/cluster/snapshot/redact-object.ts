type Fields = Readonly<Record<string, unknown>>

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
/** Annotations that are longer hold documents, and those may hold anything. */
const longestAnnotation = 1024
/** What stands behind such a word in an argument. */
const secretArgument = /((?:password|passwd|passphrase|token|secret|api[-_]?key|credential)[\w-]*[=:]\s*)\S+/gi

/**
 * An object without what is nobody's business: values of Secrets, literal environment variables (also in templates of any kind), applied manifests and
 * other long annotations, secrets in arguments, managed fields. Names, keys and references stay. Nothing is changed in place.
 */
export function redactObject(object: Fields): Fields {
  const redacted = redact(object) as Fields
  const { metadata, ...rest } = redacted
  const known = object.kind === 'Secret' ? withoutValues(rest) : rest
  return { ...known, metadata: redactMetadata(metadata as Fields | undefined) }
}

function redactMetadata(metadata: Fields = {}): Fields {
  const { managedFields: _managed, annotations, ...rest } = metadata
  if (annotations === undefined || annotations === null) return rest
  const kept = Object.entries(annotations as Record<string, string>).flatMap(([key, value]): [string, string][] => {
    if (key === lastApplied) return [[key, kindOnly(value)]]
    return value.length > longestAnnotation ? [] : [[key, value.replace(secretArgument, '$1***')]]
  })
  return { ...rest, annotations: Object.fromEntries(kept) }
}

/** Of an applied manifest only what it is. */
function kindOnly(manifest: string): string {
  try {
    const { apiVersion, kind } = JSON.parse(manifest) as Fields
    return JSON.stringify({ apiVersion, kind })
  } catch {
    return '{}'
  }
}

function withoutValues(secret: Fields): Fields {
  const emptied = (values: unknown) => Object.fromEntries(Object.keys((values as object | null | undefined) ?? {}).map((key) => [key, '']))
  return {
    ...secret,
    ...('data' in secret ? { data: emptied(secret.data) } : {}),
    ...('stringData' in secret ? { stringData: emptied(secret.stringData) } : {}),
  }
}

function redact(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return redactList(value, key)
  if (typeof value !== 'object' || value === null) return value
  // a template has metadata of its own; that of the object itself is looked at once more, which changes nothing
  if (key === 'metadata') return redactMetadata(value as Fields)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redact(member, name)]))
}

function redactList(list: readonly unknown[], key: string): readonly unknown[] {
  if (key === 'env') return list.map(withoutLiteral)
  if (key === 'args' || key === 'command') return redactArguments(list)
  return list.map((member) => redact(member, ''))
}

function withoutLiteral(variable: unknown): unknown {
  if (typeof variable !== 'object' || variable === null) return variable
  const { value: _value, ...rest } = variable as Fields
  return rest
}

/** `--token=x` and `--token x` alike. */
function redactArguments(list: readonly unknown[]): readonly unknown[] {
  return list.map((argument, index) => {
    if (typeof argument !== 'string') return argument
    const before = list[index - 1]
    const isValue = typeof before === 'string' && /^--?[\w-]*(password|passwd|token|secret|api[-_]?key)$/i.test(before)
    return isValue && !argument.startsWith('-') ? '***' : argument.replace(secretArgument, '$1***')
  })
}

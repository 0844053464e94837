type Json = Readonly<Record<string, unknown>>

/** Literal texts of one run (names that a server made up, UIDs, hashes) and what stands for them in a transcript. */
export type Aliases = ReadonlyMap<string, string>

const hashLabels = ['pod-template-hash', 'controller-revision-hash']

/** Finds what a server has made up in all that it has answered. UIDs are numbered in the order in which they are first seen. */
export function aliasesIn(values: readonly unknown[], namespace: string): Aliases {
  const found = new Map<string, string>([[namespace, 'NS']])
  const uids = new Map<string, string>()
  for (const value of values) visit(value, (object) => note(object, found, uids))
  return new Map([...found, ...uids])
}

function note(object: Json, found: Map<string, string>, uids: Map<string, string>): void {
  const { generateName, name, uid, labels } = object
  if (typeof uid === 'string' && /^[0-9a-f-]{36}$/.test(uid) && !uids.has(uid)) uids.set(uid, `<uid ${uids.size + 1}>`)
  if (typeof generateName === 'string' && typeof name === 'string') noteName(generateName, name, found)
  if (!isObject(labels)) return
  for (const label of hashLabels) {
    const value = labels[label]
    if (typeof value === 'string') found.set(value.slice(value.lastIndexOf('-') + 1), '<hash>')
  }
}

function noteName(generateName: string, name: string, found: Map<string, string>): void {
  const suffix = name.slice(generateName.length)
  if (name.startsWith(generateName) && /^[a-z0-9]{5}$/.test(suffix)) found.set(suffix, '<id>')
}

/** Calls `seen` for each object in a value, members in the order of their names. */
function visit(value: unknown, seen: (object: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, seen)
  if (!isObject(value)) return
  seen(value)
  for (const key of Object.keys(value).sort()) visit(value[key], seen)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

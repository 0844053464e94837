import type { Describe } from '../open-api-schema.ts'
import type { DescribedVersions, TypeWords } from './type-words.ts'

/** Looks types up in what is described; it is loaded when the first one is asked for. A type of an old version has the words of the same one in another. */
export function describeTypes(load: () => DescribedVersions): Describe {
  let found: ((struct: string) => TypeWords | undefined) | undefined
  return (struct, field) => {
    found ??= lookup(load())
    const [description, fields] = found(struct) ?? ['', {}]
    const words = field === undefined ? description : (fields[field] ?? '')
    return words === '' ? undefined : words
  }
}

function lookup(versions: DescribedVersions): (struct: string) => TypeWords | undefined {
  const exact = new Map<string, TypeWords>()
  const ofRoom = new Map<string, TypeWords>()
  const anywhere = new Map<string, TypeWords>()
  for (const [version, types] of Object.entries(versions)) {
    const [room = ''] = version.split('/')
    for (const [name, words] of Object.entries(types)) {
      exact.set(`${version}.${name}`, words)
      if (!ofRoom.has(`${room}.${name}`)) ofRoom.set(`${room}.${name}`, words)
      if (!anywhere.has(name)) anywhere.set(name, words)
    }
  }
  return (struct) => {
    const [room = '', rest = ''] = struct.split('/')
    const name = rest.slice(rest.indexOf('.') + 1)
    // what was in `extensions` once has gone to several groups
    return exact.get(struct) ?? ofRoom.get(`${room}.${name}`) ?? (room === 'extensions' ? anywhere.get(name) : undefined)
  }
}

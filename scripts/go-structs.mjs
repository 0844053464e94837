import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ name: string, type: string, required: boolean, flags: string[] }} GoField
 * @typedef {{ atomic: boolean, fields: GoField[], inlined: string[] }} GoStruct
 * @typedef {{ structs: Map<string, GoStruct>, aliases: Map<string, string>, imports: Map<string, string> }} GoPackage
 */

/**
 * Reads the API types of one Go package: its structs with the fields as JSON has them, and its other named types.
 * Types are written as the table of fields does; names of the package itself stay without a package.
 * @param {string} folder
 * @returns {GoPackage}
 */
export function readGoPackage(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.go') && !/_test\.go$|generated|zz_/.test(name))
  /** @type {GoPackage} */
  const found = { structs: new Map(), aliases: new Map(), imports: new Map() }
  for (const file of files) readGoFile(readFileSync(join(folder, file), 'utf8'), found)
  return found
}

/**
 * @param {string} root a folder with Go packages anywhere below it
 * @returns {string[]} folders that have a `types.go`
 */
export function goTypeFolders(root) {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return []
  const entries = readdirSync(root)
  const below = entries.map((name) => join(root, name)).filter((path) => statSync(path).isDirectory())
  return [...(entries.includes('types.go') ? [root] : []), ...below.flatMap(goTypeFolders)]
}

/**
 * @param {string} text
 * @param {GoPackage} into
 */
function readGoFile(text, into) {
  for (const [, alias, path = ''] of text.matchAll(/^(?:import|\t)\s*(?:(\w+) +)?"([\w.-]+(?:\/[\w.-]+)+)"$/gm)) {
    const [room = '', name = ''] = path.split('/').slice(-2)
    into.imports.set(alias ?? name, `${room}/${name}`)
  }
  for (const [, name = '', type = ''] of text.matchAll(/^type (\w+) (?:= )?([\w.[\]*]+)$/gm)) into.aliases.set(name, type)
  // comments that an empty line sets apart still belong to the type: that is how markers are written
  for (const [, comments = '', name = '', body = ''] of text.matchAll(
    /((?:^(?:\/\/.*)?\n)*)^type (\w+) struct ?\{(?:\}|\n([\s\S]*?)^\})/gm,
  )) {
    into.structs.set(name, readStruct(body.split('\n'), /^\/\/ ?\+structType=atomic$/m.test(comments)))
  }
}

/**
 * @param {string[]} lines
 * @param {boolean} atomic
 * @returns {GoStruct}
 */
function readStruct(lines, atomic) {
  /** @type {GoStruct} */
  const struct = { atomic, fields: [], inlined: [] }
  let comments = /** @type {string[]} */ ([])
  for (const line of lines) {
    const trimmed = line.trim()
    if (trimmed.startsWith('//')) comments.push(trimmed.slice(2).trim())
    else if (trimmed !== '') {
      readField(trimmed, comments, struct)
      comments = []
    }
  }
  return struct
}

/**
 * @param {string} line
 * @param {string[]} comments
 * @param {GoStruct} struct
 */
function readField(line, comments, struct) {
  const match = /^(?:(\w+)\s+)?([\w.*[\]]+)\s+`(.*)`/.exec(line)
  if (match === null) return
  const [, , type = '', tags = ''] = match
  const json = /json:"([^"]*)"/.exec(tags)?.[1] ?? ''
  const [name = '', ...options] = json.split(',')
  if (name === '-') return
  if (name === '') {
    if (json.includes('inline')) struct.inlined.push(type)
    return
  }
  const omitted = options.includes('omitempty') || options.includes('omitzero')
  const always = omitted ? [] : ['always']
  const zero = options.includes('omitzero') ? ['omitzero'] : []
  struct.fields.push({
    name,
    type,
    required: !omitted && !comments.includes('+optional'),
    flags: [...always, ...zero, ...flagsOf(tags, comments)],
  })
}

/**
 * @param {string} tags
 * @param {string[]} comments
 */
function flagsOf(tags, comments) {
  /** @param {string} name */
  const marker = (name) => comments.filter((comment) => comment.startsWith(`+${name}=`)).map((comment) => comment.slice(name.length + 2))
  const strategy = /patchStrategy:"([^"]*)"/.exec(tags)?.[1]
  const key = /patchMergeKey:"([^"]*)"/.exec(tags)?.[1]
  const [listType] = marker('listType')
  const [structType = marker('mapType')[0]] = marker('structType')
  const [standard] = marker('default')
  return [
    strategy === undefined ? undefined : `patch=${strategy.replace(',', '+')}${key === undefined ? '' : `:${key}`}`,
    listType === undefined ? undefined : `list=${listType}${listType === 'map' ? `:${marker('listMapKey').join('+')}` : ''}`,
    structType === 'atomic' ? 'map=atomic' : undefined,
    standard === undefined || !/^"\w+"$|^\d+$|^true$|^false$/.test(standard) ? undefined : `default=${standard}`,
  ].filter((flag) => flag !== undefined)
}

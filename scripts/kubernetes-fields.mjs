import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { goTypeFolders, readGoPackage } from './go-structs.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { root } from './paths.mjs'
import { capture, program } from './run.mjs'

const folderOfTables = join(root, 'src/twin/schema/fields/kubernetes')

/** The types that requests and answers are made of. */
async function rootTypes() {
  const { kindTypes } = /** @type {{ kindTypes: () => string[] }} */ (
    /** @type {unknown} */ (await loadTypeScript('src/twin/schema/fields/kind-types.ts'))
  )
  return kindTypes()
}

/**
 * @typedef {{ name: string, type?: string, required: boolean, flags: string[] }} Field
 * @typedef {{ atomic: boolean, fields: Field[] }} Type
 * @typedef {{ minor: number, types: Map<string, Type>, namesOnly: boolean }} Source
 */

/**
 * @param {number} minor
 * @param {string} folder
 * @returns {Source}
 */
function readSource(minor, folder) {
  const go = statSync(join(folder, 'api'), { throwIfNoEntry: false })?.isDirectory() && readdirSync(join(folder, 'api')).includes('core')
  return go ? readGoSource(minor, folder) : { minor, types: readDeclarations(folder), namesOnly: true }
}

const goRooms = [
  'api',
  'apimachinery/pkg/apis/meta',
  'apiextensions-apiserver/pkg/apis',
  'kube-aggregator/pkg/apis',
  'metrics/pkg/apis/metrics',
]

/**
 * @param {number} minor
 * @param {string} folder
 * @returns {Source}
 */
function readGoSource(minor, folder) {
  const packages = new Map()
  for (const path of goRooms.flatMap((room) => goTypeFolders(join(folder, room)))) {
    const name = path.split('/').slice(-2).join('/')
    if (/^\w+\/v\d\w*$/.test(name)) packages.set(name, readGoPackage(path))
  }
  const types = new Map()
  for (const [name, { structs }] of packages) {
    for (const struct of structs.keys()) types.set(`${name}.${struct}`, goType(packages, name, struct))
  }
  return { minor, types, namesOnly: false }
}

/**
 * @param {Map<string, import('./go-structs.mjs').GoPackage>} packages
 * @param {string} room
 * @param {string} struct
 * @returns {Type}
 */
function goType(packages, room, struct) {
  const { atomic = false, fields = [], inlined = [] } = packages.get(room)?.structs.get(struct) ?? {}
  const own = fields.map((field) => ({ ...field, type: (field.type.startsWith('*') ? '*' : '') + typeText(packages, room, field.type) }))
  const taken = inlined.flatMap((type) => {
    const [owner, name] = located(packages, room, type)
    return goType(packages, owner, name).fields
  })
  return { atomic, fields: [...taken, ...own] }
}

/** What the names of other packages' types stand for where they are no structs of the tables. */
const scalars = /** @type {Record<string, string>} */ ({
  string: 'string',
  bool: 'boolean',
  int: 'int32',
  int32: 'int32',
  int64: 'int64',
  uint8: 'int32',
  float64: 'double',
  Time: 'time',
  MicroTime: 'microTime',
  Duration: 'string',
  Quantity: 'quantity',
  IntOrString: 'intOrString',
  RawExtension: 'object',
  Object: 'object',
  FieldsV1: 'object',
  JSON: 'any',
  JSONSchemaPropsOrArray: 'any',
  JSONSchemaPropsOrBool: 'any',
  JSONSchemaPropsOrStringArray: 'any',
  UID: 'string',
  NodeName: 'string',
})

/**
 * @param {Map<string, import('./go-structs.mjs').GoPackage>} packages
 * @param {string} room
 * @param {string} go
 * @returns {string}
 */
function typeText(packages, room, go) {
  const type = go.replace(/^\*+/, '')
  if (type === '[]byte') return 'bytes'
  if (type.startsWith('[]')) return `[${typeText(packages, room, type.slice(2))}]`
  const map = /^map\[[\w.]+\](.+)$/.exec(type)
  if (map?.[1] !== undefined) return `{${typeText(packages, room, map[1])}}`
  const [owner, name] = located(packages, room, type)
  const scalar = scalars[name]
  if (scalar !== undefined) return scalar
  const alias = packages.get(owner)?.aliases.get(name)
  return alias === undefined ? `${owner}.${name}` : typeText(packages, owner, alias)
}

/**
 * Package and name of a Go type, as the imports of its package have it.
 * @param {Map<string, import('./go-structs.mjs').GoPackage>} packages
 * @param {string} room
 * @param {string} type
 * @returns {readonly [string, string]}
 */
function located(packages, room, type) {
  const [first = '', name] = type.replace(/^\*+/, '').split('.')
  return name === undefined ? [room, first] : [packages.get(room)?.imports.get(first) ?? first, name]
}

/**
 * @param {string} folder an unpacked npm package kubernetes-types
 * @returns {Map<string, Type>}
 */
function readDeclarations(folder) {
  const types = new Map()
  for (const group of readdirSync(folder)) {
    if (!statSync(join(folder, group)).isDirectory() || group === 'node_modules') continue
    for (const file of readdirSync(join(folder, group)).filter((name) => name.endsWith('.d.ts'))) {
      const text = readFileSync(join(folder, group, file), 'utf8')
      for (const [, name, body = ''] of text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
        const fields = [...body.matchAll(/^ {4}(?:readonly )?"?([\w$-]+)"?(\??): /gm)].map(([, field = '', optional]) => ({
          name: field.startsWith('x_kubernetes') ? field.replaceAll('_', '-') : field,
          required: optional === '',
          flags: [],
        }))
        types.set(`${group}/${file.replace('.d.ts', '')}.${name}`, { atomic: false, fields })
      }
    }
  }
  return types
}

/**
 * @param {string[]} roots
 * @param {Source[]} full
 * @returns {string[]} names of these types and of all that they are made of
 */
function reachable(roots, full) {
  const found = new Set(/** @type {string[]} */ ([]))
  const waiting = [...roots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const having = full.flatMap(({ types }) => types.get(name ?? '') ?? [])
    if (found.has(name) || having.length === 0) continue
    const fields = having.flatMap((type) => type.fields)
    found.add(name)
    waiting.push(...fields.flatMap(({ type = '' }) => type.match(/\w+\/\w+\.\w+/g) ?? []))
  }
  return [...found].sort()
}

/**
 * @param {string[]} roots
 * @param {Source[]} sources newest first
 * @returns {Map<string, Record<string, string[]>>} by room (`core`, `apps`): the lines of each type
 */
function tablesOf(roots, sources) {
  const full = sources.filter(({ namesOnly }) => !namesOnly)
  const names = reachable(roots, full)
  const tables = new Map()
  for (const name of names) {
    const room = name.split('/')[0] ?? ''
    const table = tables.get(room) ?? {}
    table[name] = linesOf(name, full, sources)
    tables.set(room, table)
  }
  return tables
}

/**
 * @param {string} name
 * @param {Source[]} full
 * @param {Source[]} sources
 */
function linesOf(name, full, sources) {
  const fields = new Map()
  for (const { types } of full)
    for (const field of types.get(name)?.fields ?? []) if (!fields.has(field.name)) fields.set(field.name, field)
  const atomic = full.some(({ types }) => types.get(name)?.atomic)
  const lines = [...fields.values()].map((field) => [
    field.name + (field.required ? '!' : ''),
    field.type,
    ...field.flags,
    ...minors(name, field.name, sources),
  ])
  return [...(atomic ? ['- map=atomic'] : []), ...lines.map((line) => line.join(' '))]
}

// what kubernetes-types leaves out: fields whose description would end its comment, and those whose name is no identifier
const leftOut = /RuleWithOperations\.(resources|scope)|ResourceRule\.(verbs|resources)|\.x-kubernetes-/

/**
 * From and until when a field is there, as far as the sources that have its type tell.
 * @param {string} type
 * @param {string} field
 * @param {Source[]} sources newest first
 */
function minors(type, field, sources) {
  const has = (/** @type {Source} */ { types }) => types.get(type)?.fields.some(({ name }) => name === field) === true
  const namesTell = !leftOut.test(`${type}.${field}`)
  const knowing = sources.filter((source) => source.types.has(type) && (namesTell || !source.namesOnly))
  const having = knowing.filter(has)
  const [newest, oldest] = [having[0], having.at(-1)]
  const before = knowing.find(({ minor }) => minor < (oldest?.minor ?? 0))
  const after = knowing.filter(({ minor }) => minor > (newest?.minor ?? 0)).at(-1)
  return [before === undefined ? [] : [`since=${before.minor + 1}`], after === undefined ? [] : [`until=${after.minor - 1}`]].flat()
}

/**
 * @param {string} room
 * @param {Record<string, string[]>} table
 */
function writeTable(room, table) {
  const file = join(folderOfTables, `${room}.json`)
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`)
  process.stdout.write(`${relative(root, file)}: ${Object.keys(table).length} types\n`)
}

/**
 * Rewrites the table of the fields of Kubernetes' built-in kinds from its published API types.
 *
 *   node scripts/kubernetes-fields.mjs 17=FOLDER 20=FOLDER … 36=FOLDER
 *
 * Each FOLDER is what one minor has: Go sources (`api/`, `apimachinery/`, `apiextensions-apiserver/` … below it, as Debian's
 * golang-k8s-*-dev packages and its kubernetes source package lay them out), or an unpacked npm package kubernetes-types, of which only
 * the names of fields are taken. Minors in between are guessed: a field is taken to be as old as it can be.
 */
await program(async () => {
  await bootstrap()
  const sources = process.argv.slice(2).map((argument) => {
    const [minor, folder = ''] = argument.split('=')
    return readSource(Number(minor), folder)
  })
  if (sources.length === 0) throw new Error('name at least one source: MINOR=FOLDER')
  const tables = tablesOf(
    await rootTypes(),
    sources.sort((a, b) => b.minor - a.minor),
  )
  mkdirSync(folderOfTables, { recursive: true })
  for (const [room, table] of tables) writeTable(room, table)
  const format = await capture(join(root, 'node_modules/.bin/biome'), ['format', '--write', folderOfTables])
  if (format.code !== 0) throw new Error(format.output)
  return 0
})

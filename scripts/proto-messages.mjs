import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Rooms whose kinds no client sends as protobuf, and what is written in other messages than JSON has objects. */
const leftOut = new Set(['apiextensions', 'metrics'])

/** @typedef {Map<string, { number: number, type: string }>} Message by name of the field */

/**
 * The messages of all `generated.proto` below some folders, under the names that the tables of fields have: `core/v1.PodSpec`.
 * @param {readonly string[]} folders
 * @returns {Map<string, Message>}
 */
export function messagesIn(folders) {
  const messages = new Map()
  for (const folder of folders) {
    for (const [name, message] of readMessages(folder)) messages.set(name, new Map([...(messages.get(name) ?? []), ...message]))
  }
  return messages
}

/**
 * @param {string} folder
 * @returns {Map<string, Message>}
 */
function readMessages(folder) {
  const messages = new Map()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('generated.proto'))
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8')
    const room = roomOf(/^package (\S+);/m.exec(text)?.[1] ?? '')
    for (const [, name, body = ''] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
      const fields = [...body.matchAll(/^ {2}(?:(?:optional|repeated|required) )?([\w.]+|map<[^>]+>) (\w+) = (\d+)/gm)]
      messages.set(
        `${room}.${name}`,
        new Map(fields.map(([, type = '', field = '', number]) => [field, { number: Number(number), type: typeName(type, room) }])),
      )
    }
  }
  return messages
}

/**
 * @param {string} name `k8s.io.api.core.v1`
 * @returns {string} `core/v1`
 */
function roomOf(name) {
  return name.split('.').slice(-2).join('/')
}

/**
 * @param {string} type as a file of this room writes it
 * @param {string} room
 */
function typeName(type, room) {
  if (type.startsWith('map<')) return type
  const at = type.lastIndexOf('.')
  return at < 0 ? `${room}.${type}` : `${roomOf(type.slice(0, at))}.${type.slice(at + 1)}`
}

/**
 * `NUMBER NAME` for a field that JSON has under this name, `NUMBER ...TYPE` for a message whose fields JSON has in place. What JSON does not
 * have at all any more is left out.
 * @param {Message} message
 * @param {readonly string[]} known names of the fields that JSON has
 */
function lineOf(message, known) {
  const fields = [...message].sort(([, a], [, b]) => a.number - b.number)
  const named = fields.flatMap(([name, { number, type }]) => {
    const field = known.find((one) => one.toLowerCase() === name.toLowerCase())
    if (field !== undefined) return [`${number} ${field}`]
    return /\.[A-Z]\w+$/.test(type) ? [`${number} ...${type}`] : []
  })
  return [...new Set(named)].join(', ')
}

/**
 * Types that requests are made of, and with them those whose fields stand in place.
 * @param {Readonly<Record<string, readonly string[]>>} fieldLines
 * @param {ReadonlyMap<string, Message>} messages
 * @returns {Record<string, string>} the line of each type, in the order of their names
 */
export function numberTable(fieldLines, messages) {
  const found = new Map()
  const waiting = Object.keys(fieldLines)
  for (let type = waiting.shift(); type !== undefined; type = waiting.shift()) {
    const message = messages.get(type)
    if (message === undefined || found.has(type) || leftOut.has(type.split('/')[0] ?? '')) continue
    // of a type that JSON only has in place, all names are those of the fields
    const lines = fieldLines[type]
    const known = lines === undefined ? [...message.keys()] : lines.map((line) => line.split(/[! ]/, 1)[0] ?? '')
    const line = lineOf(message, known)
    waiting.push(...[...line.matchAll(/\.\.\.([^,]+)/g)].map(([, inlined = '']) => inlined))
    found.set(type, line)
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

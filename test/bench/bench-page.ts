import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const begin = '<!-- begin: written by `npm run bench -- --write` -->'
const end = '<!-- end -->'

/** Puts the table and where it was measured between the page's markers. */
export function writeBenchPage(file: string, table: string, now: Date): void {
  const page = readFileSync(file, 'utf8')
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${file} has lost its markers: put "${begin}" and "${end}" back`)
  const block = `${begin}\n\n${machine(now)}\n\n${table}\n\n`
  writeFileSync(file, page.slice(0, from) + block + page.slice(to))
}

/** Date, processors, memory and Node.js version in one sentence. */
export function machine(now: Date): string {
  const [cpu] = cpus()
  const date = now.toISOString().slice(0, 10)
  const memory = Math.round(totalmem() / 2 ** 30)
  return `Measured on ${date}: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.versions.node}.`
}

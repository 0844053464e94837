/** What a script of a host told: lines `name=value`. A name that comes again has each of its values, in their order. */
export type SaidLines = ReadonlyMap<string, readonly string[]>

/** Reads lines; undefined when the script did not come to its end, which it says last. Lines that are none of it are passed over: a host may print anything. */
export function saidLines(output: string): SaidLines | undefined {
  const said = new Map<string, string[]>()
  for (const line of output.split('\n')) {
    const at = line.indexOf('=')
    const name = line.slice(0, at)
    if (at < 1 || !/^[a-z][a-z0-9_]{0,40}$/.test(name)) continue
    const values = said.get(name) ?? []
    values.push(line.slice(at + 1))
    said.set(name, values)
  }
  return said.has('end') || said.get('init')?.[0] === 'other' || said.get('units')?.[0] === '0' ? said : undefined
}

/** JSON of etcdctl: its 64-bit numbers, which no number of JavaScript holds, become texts. Undefined: it is none. */
export function etcdJson(text: string): unknown {
  const quoted = text.replaceAll(/"(?:[^"\\]|\\.)*"|\b\d{16,20}\b/g, (token) => (token.startsWith('"') ? token : `"${token}"`))
  try {
    return JSON.parse(quoted)
  } catch {
    return undefined
  }
}

const longestLine = 32 * 1024 * 1024
const mostBytes = 8 * 1024 ** 3

/** The lines of a stream of bytes, without their ends. Throws an Error for what no snapshot is: endless lines, endless files. */
export async function* textLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let [length, total] = [0, 0]
  for await (const chunk of stream) {
    total += chunk.length
    if (total > mostBytes) throw new Error(`holds more than ${mostBytes} bytes`)
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end)
      yield rest.length === 0 ? piece.toString('utf8') : Buffer.concat([...rest, piece]).toString('utf8')
      rest = []
      length = 0
      from = end + 1
    }
    if (from === chunk.length) continue
    rest.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > longestLine) throw new Error(`has a line of more than ${longestLine} bytes`)
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8')
}

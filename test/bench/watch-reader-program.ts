import { request } from 'node:https'

/**
 * Watches a path several times and counts what comes; one JSON line a quarter second: how many events all of them together have had.
 * Arguments: address of the server, path, token, how many watches. A process of its own, so that reading is not measured as serving.
 */
const [server = '', path = '', token = '', count = '1'] = process.argv.slice(2)
let events = 0
let open = 0
for (let i = 0; i < Number(count); i++) {
  const asked = request(`${server}${path}`, { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false, agent: false })
  asked.on('response', (response) => {
    open += 1
    response.on('data', (piece: Buffer) => {
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) events += 1
    })
  })
  asked.on('error', () => process.exit(1))
  asked.end()
}
setInterval(() => process.stdout.write(`${JSON.stringify({ open, events })}\n`), 50)

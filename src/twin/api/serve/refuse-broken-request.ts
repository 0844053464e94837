import type { Duplex } from 'node:stream'

/** How long a connection is still read after it was refused. Source: Go net/http, `rstAvoidanceDelay`. */
const readOnMs = 500

/**
 * Refuses what is no request of HTTP/1.1, in the words of an answer, and then ends the connection.
 *
 * What the client still sends is read for a moment: a connection that is closed over unread bytes is reset, and takes the answer with it.
 */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.removeAllListeners('data')
  socket.on('data', () => {})
  socket.end(`HTTP/1.1 ${statusOf(error)}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n`)
  const end = setTimeout(() => socket.destroy(), readOnMs)
  socket.once('end', () => socket.destroy())
  socket.once('close', () => clearTimeout(end))
}

function statusOf({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout'
    default:
      return '400 Bad Request'
  }
}

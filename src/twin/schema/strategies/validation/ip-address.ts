/** Whether a text is an IPv4 address, as four numbers: `10.0.0.1`. */
function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}

/** Whether a text is an IPv6 address. */
function isIpv6(text: string): boolean {
  if (!text.includes(':') || text.includes(':::') || (text.match(/::/g)?.length ?? 0) > 1) return false
  const [head = '', tail] = text.split('::')
  const groups = [...head.split(':'), ...(tail ?? '').split(':')].filter((group) => group !== '')
  const last = groups.at(-1) ?? ''
  const embedded = last.includes('.')
  const plain = embedded ? groups.slice(0, -1) : groups
  const length = plain.length + (embedded ? 2 : 0)
  const edges = (!head.startsWith(':') || head === '') && (tail !== undefined || !text.endsWith(':'))
  return (
    edges &&
    plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) &&
    (!embedded || isIpv4(last)) &&
    (tail === undefined ? length === 8 : length < 8)
  )
}

/** Why a text is no IP address, in the API server's words; `undefined` when it is one. */
export function ipProblem(text: string): string | undefined {
  return isIpv4(text) || isIpv6(text) ? undefined : 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
}

/** Whether a text is an address and a length: `10.0.0.0/8`. */
export function isCidr(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0 || length === undefined || !/^\d{1,3}$/.test(length)) return false
  return (isIpv4(address) && Number(length) <= 32) || (isIpv6(address) && Number(length) <= 128)
}

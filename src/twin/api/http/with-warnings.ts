import type { TwinResponse } from './twin-request.ts'

/** An answer with `Warning` headers, before those that it has. Source: RFC 7234 section 5.5, KEP-1693. */
export function withWarnings(response: TwinResponse, warnings: ReadonlySet<string>): TwinResponse {
  if (warnings.size === 0 || response.kind === 'Broken') return response
  const own = [...warnings].map((text) => `299 - ${JSON.stringify(text)}`)
  const before = response.headers?.warning
  return { ...response, headers: { ...response.headers, warning: [...own, ...(before === undefined ? [] : [before])].join(', ') } }
}

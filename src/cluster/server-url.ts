/**
 * The address of an API server without a slash at its end; undefined when it is none.
 * An address without a scheme gets https when TLS is configured and http otherwise, as client-go reads it.
 */
export function serverUrl(address: string, tls: 'Configured' | 'None'): string | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `${tls === 'Configured' ? 'https' : 'http'}://${address}`
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  if (!/^https?:$/.test(url.protocol) || url.hostname === '' || url.search !== '' || url.hash !== '') return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Most of what is kept of an output, characters: its end, as the reason is there. */
const longest = 2_000

const secrets: readonly [pattern: RegExp, replacement: string][] = [
  // tokens of k3s and RKE2, of service accounts, of kubeadm
  [/\bK10[0-9a-f]{10,}(::[^\s"']+)?/g, '***'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, '***'],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '***'],
  [/(\b(?:bearer|basic)\s+)\S+/gi, '$1***'],
  // --token X, token: X, PASSWORD=X, "secret-key":"X"
  [/(\b[\w-]*(?:token|password|passwd|secret|secret-key|access-key|api-?key)["']?(?:\s*[=:]\s*|\s+))["']?[^\s"',;]+["']?/gi, '$1***'],
  // https://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi, '$1***@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '***'],
]

/** What a host printed, as people may see it: bounded, without control characters, and without what looks like a secret. */
export function maskOutput(text: string): string {
  const plain = text.replaceAll('\r\n', '\n').replaceAll(/[^\P{C}\n]/gu, ' ')
  const masked = secrets.reduce((masking, [pattern, replacement]) => masking.replaceAll(pattern, replacement), plain).trim()
  return masked.length <= longest ? masked : `…${masked.slice(masked.length - longest + 1)}`
}

import { type KubernetesVersion, parseVersion } from './kubernetes-version.ts'

/**
 * Makes a judge of versions as nodes report them. Each text is read and judged once: thousands of nodes report a handful. `undefined` is judged
 * where a text is no version.
 */
export function judgedOnce<T>(judge: (version: KubernetesVersion | undefined) => T): (text: string) => T {
  const verdicts = new Map<string, { readonly verdict: T }>()
  return (text) => {
    const known = verdicts.get(text) ?? { verdict: judge(parseVersion(text)) }
    verdicts.set(text, known)
    return known.verdict
  }
}

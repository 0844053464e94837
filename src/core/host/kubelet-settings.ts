import type { HostFacts } from './host-facts.ts'

/** How the kubelet of a host is set up: by its command line, else by its configuration file, else by its files of flags when it does not run. */
export interface KubeletSettings {
  /** The value of a flag; empty for one that stands alone. */
  flag(name: string): string | undefined
  readonly flags: ReadonlyMap<string, string>
  /** A field of the top of its KubeletConfiguration. */
  field(name: string): string | undefined
  /** Names of the feature gates that somebody has set. */
  readonly featureGates: readonly string[]
}

export function kubeletSettings({ kubelet }: HostFacts): KubeletSettings {
  const isRunning = kubelet.arguments.length > 0
  const flags = flagsOf(isRunning ? kubelet.arguments : kubelet.environment.flatMap(({ lines }) => lines.flatMap(wordsOf)))
  const fields = fieldsOf(kubelet.config)
  return {
    flags,
    flag: (name) => flags.get(name),
    field: (name) => fields.get(name),
    featureGates: [...gatesOf(flags.get('feature-gates') ?? ''), ...gatesOfConfig(kubelet.config)],
  }
}

/** Flags of a command line, one argument each: `--a=b`, `--a b` and `--a`. The last one of a name counts. */
export function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  for (const [index, word] of words.entries()) {
    const match = /^--?([a-z][\w-]*)(?:=(.*))?$/s.exec(word)
    if (match?.[1] === undefined) continue
    const next = words[index + 1]
    flags.set(match[1], match[2] ?? (next === undefined || next.startsWith('-') ? '' : next))
  }
  return flags
}

/** Gates of `A=true,B=false`. */
export function gatesOf(text: string): readonly string[] {
  return text.split(',').flatMap((part) => /^(\w+)=/.exec(part.trim())?.[1] ?? [])
}

/** Words of a line of a file of flags, without quotes and what stands before them: `KUBELET_ARGS="--a=b --c"`. */
function wordsOf(line: string): readonly string[] {
  return line
    .replace(/^\w+=/, '')
    .replaceAll(/["'\\]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const match = /^"?(\w+)"?:\s*(.*?),?$/.exec(line)
      return match === null ? [] : [[match[1] ?? '', unquoted(match[2] ?? '')] as const]
    }),
  )
}

function gatesOfConfig(lines: readonly string[]): readonly string[] {
  const begin = lines.findIndex((line) => /^featureGates:\s*$/.test(line))
  if (begin < 0) return []
  const rest = lines.slice(begin + 1)
  const end = rest.findIndex((line) => !/^\s/.test(line))
  return rest.slice(0, end < 0 ? undefined : end).flatMap((line) => /^\s+"?(\w+)"?:/.exec(line)?.[1] ?? [])
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2')
}

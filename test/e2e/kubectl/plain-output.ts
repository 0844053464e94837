const patterns: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000 UTC)?/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<ip>'],
  [/(resourceVersion"?: )"\d+"/g, '$1"<rv>"'],
  [/(resourceVersion=)\d+/g, '$1<rv>'],
  [/\.[0-9a-f]{15,16}\b/g, '.<event>'],
  [/-[bcdf0-9]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<hash>-<id>'],
  [/-[bcdf0-9]{6,10}\b(?!\.)/g, '-<hash>'],
  [/(pod-template-hash"?[=:] ?"?)[bcdfghjklmnpqrstvwxz2456789]{6,10}/g, '$1<hash>'],
  [/(?<=[a-z0-9>])-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<id>'],
  [/\b3[0-2]\d{3}(?=\/TCP)/g, '<port>'],
  [/(nodePort: )\d+/g, '$1<port>'],
  [/(containerd|docker|cri-o):\/\/[0-9a-f]+/g, '<container>'],
  // whole thousandths of a core have three digits in the stories, so that they are no minutes
  [/(?<![\w=.-])(\d+(s|h|d|m\d+s|h\d+m|d\d+h)|\d{1,2}m)\b/g, '<age>'],
  [/\(x\d+ over <age>\)/g, ''],
]

export interface OutputOptions {
  readonly sorted?: boolean
  readonly without?: RegExp
  /** Numbers are not compared. */
  readonly withoutNumbers?: boolean
}

/** Who owns which field, as YAML and as JSON; its end is where the indentation is back. */
const managedFields = [/^( *)managedFields:\n(?:\1(?:- | ).*\n)+/gm, /^( *)"managedFields": \[\n(?:\1 .*\n)*\1\],?\n/gm]

/**
 * kubectl from 1.32 on may say so when it breaks off a watch of its own, as what it waits for was there already or its --timeout has ended, within
 * a second or later. Any other end of a watch is compared.
 */
const brokenOff = [
  /^E\d{4} .*Failed to watch.*context (canceled|deadline exceeded)"/,
  /^E\d{4} .*Unexpected error when reading response body: context deadline exceeded$/,
  /^I\d{4} .*watch ended with error.*very short watch: .*watch lasted less than a second and no items received"/,
]

/** Takes what differs from run to run out of what kubectl has printed: times, ages, IDs, addresses, made-up names, and the width of columns. */
export function plainOutput(text: string, namespace: string, options: OutputOptions): readonly string[] {
  const { sorted = false, withoutNumbers = false, without } = options
  const kept = managedFields.reduce((all, block) => all.replaceAll(block, ''), text.replaceAll(namespace, '<ns>'))
  const replaced = patterns.reduce((all, [pattern, by]) => all.replaceAll(pattern, by), kept)
  const lines = (withoutNumbers ? replaced.replaceAll(/\b\d+(m|Mi|%)/g, '<n>$1') : replaced)
    .split('\n')
    .filter((line) => !brokenOff.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/\s+$/, '').replaceAll(/(?<=\S) {2,}/g, '  '))
    .filter((line) => without === undefined || !without.test(line))
  return sorted ? [...lines].sort() : lines
}

/** Bounds of the five fields of a schedule, in their order. */
const fields = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const

type Bounds = (typeof fields)[number]

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/** Since 1.21 the parser is another, whose messages begin with a small letter. */
const newParserSince = 21

/** Why a text is no schedule, in the words of the API server's parser; `undefined` when it is one. Source: Kubernetes, CronJob schedule syntax. */
export function scheduleProblem(schedule: string, minor: number): string | undefined {
  const why = newProblem(schedule)
  if (why === undefined || minor >= newParserSince) return why
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}`.replace(/^(Expected exactly .*: )\[(.*)\]$/, '$1$2')
}

function newProblem(schedule: string): string | undefined {
  const text = schedule.replace(/^(?:TZ|CRON_TZ)=\S+\s+/, '')
  if (text.startsWith('@')) return descriptorProblem(text)
  const parts = text.split(/\s+/).filter((part) => part !== '')
  if (parts.length !== fields.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
  return parts.map((part, i) => fieldProblem(part, fields[i] ?? fields[0])).find((problem) => problem !== undefined)
}

function descriptorProblem(text: string): string | undefined {
  if (descriptors.includes(text)) return undefined
  if (text.startsWith('@every ')) {
    return /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text.slice(7))
      ? undefined
      : `failed to parse duration ${text}: time: invalid duration "${text.slice(7)}"`
  }
  return `unrecognized descriptor: ${text}`
}

function fieldProblem(field: string, bounds: Bounds): string | undefined {
  return field
    .split(',')
    .map((range) => rangeProblem(range, bounds))
    .find((problem) => problem !== undefined)
}

function rangeProblem(range: string, bounds: Bounds): string | undefined {
  const [text = '', step, ...steps] = range.split('/')
  const [first = '', last, ...others] = text.split('-')
  const every = first === '*' || first === '?'
  const numbers = [...(every ? [] : [first, last]), step].flatMap((number) => number ?? [])
  const unread = numbers.find((number) => Number.isNaN(numberOf(number, bounds)))
  if (!every && others.length > 0) return `too many hyphens: ${range}`
  if (steps.length > 0) return `too many slashes: ${range}`
  if (unread !== undefined) return `failed to parse int from ${unread}: strconv.Atoi: parsing ${JSON.stringify(unread)}: invalid syntax`
  return spanProblem({ range, step, ...(every ? { start: bounds.min, end: bounds.max } : spanOf(first, last, step, bounds)) }, bounds)
}

/** From one number a step goes to the end. */
function spanOf(first: string, last: string | undefined, step: string | undefined, bounds: Bounds): { start: number; end: number } {
  const start = numberOf(first, bounds)
  if (last !== undefined) return { start, end: numberOf(last, bounds) }
  return { start, end: step === undefined ? start : bounds.max }
}

interface Span {
  readonly range: string
  readonly start: number
  readonly end: number
  readonly step: string | undefined
}

function spanProblem({ range, start, end, step }: Span, { min, max }: Bounds): string | undefined {
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${range}`
  if (end > max) return `end of range (${end}) above maximum (${max}): ${range}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${range}` : undefined
}

function numberOf(text: string, { min, names }: Bounds): number {
  const named = (names as readonly string[]).indexOf(text.toLowerCase())
  if (named >= 0) return named + min
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

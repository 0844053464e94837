import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { schemaProblem } from '../schema-problem.ts'
import { type EtcdVersion, parseEtcdVersion } from '../version/etcd-version.ts'
import { type SaidLines, saidLines } from './said-lines.ts'

const word = z.string().regex(/^[\w.:@~+-]{1,200}$/)
const path = z.string().regex(/^\/[\w./@+:-]{0,300}$/)
const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
const version = z.string().transform((text, context): EtcdVersion => {
  const read = parseEtcdVersion(text)
  if (read !== undefined) return read
  context.addIssue('is no version of etcd')
  return z.NEVER
})
/** Flags, variables and settings: read by name, shown to nobody. */
const given = z.array(z.string().max(1_000)).max(150)
/** `etcd-server 3.5.16-4` */
const packageVersion = z
  .string()
  .regex(/^[\w.+-]{1,100} [\w.:~+-]{1,100}$/)
  .transform((text) => {
    const [name = '', packaged = ''] = text.split(' ')
    return { name, version: packaged }
  })
/** `ID STEP ATTEMPT EXIT-CODE`, as `step-runtime.ts` leaves them. */
const stepOutcome = z
  .string()
  .regex(/^[0-9a-f]{12} [a-z-]{1,40} \d{1,9} \d{1,3} *$/)
  .transform((text) => {
    const [id = '', step = '', attempt = '', exitCode = ''] = text.split(' ')
    return { id, step, attempt: Number(attempt), exitCode: Number(exitCode) }
  })

const EtcdHostFacts = z.strictObject({
  root: z.string().transform((uid) => uid === '0'),
  boot: word,
  hostname: word,
  init: z.literal('systemd'),
  unit: z.string().regex(/^[\w.@:\\-]{1,200}$/),
  active: word,
  binary: path,
  /** Of the file, and of the process; absent when it does not say, or does not run. */
  disk: version.exactOptional(),
  runs: version.exactOptional(),
  /** Of the binary that a step has kept. */
  previous: version.exactOptional(),
  package: word.exactOptional(),
  manager: z.literal('apt-get').exactOptional(),
  etcdctl: path.exactOptional(),
  etcdctl_version: version.exactOptional(),
  etcdctl_package: word.exactOptional(),
  etcdutl: path.exactOptional(),
  free_kib: count.exactOptional(),
  argument: given.default([]),
  environment: given.default([]),
  config: given.default([]),
  installed: z.array(packageVersion).max(10).default([]),
  /** Versions that the repositories have. */
  available: z.array(packageVersion).max(150).default([]),
  held: z.array(word).max(150).default([]),
  step: z.array(stepOutcome).max(150).default([]),
  /** Units of steps that run. */
  at_work: z.array(word).max(20).default([]),
})
/** How etcd is started on a host, by what version, and what may take its place. */
export type EtcdHostFacts = z.infer<typeof EtcdHostFacts>

const lists = ['argument', 'environment', 'config', 'installed', 'available', 'held', 'step', 'at_work']

export type ReadEtcdHost =
  | { readonly kind: 'Facts'; readonly facts: EtcdHostFacts }
  | { readonly kind: 'Refused'; readonly message: string }

/** Reads what `scripts/host-script.ts` printed. A host may say anything: what does not fit is refused as a whole, in one sentence with its fix. */
export function parseEtcdHost(output: string): ReadEtcdHost {
  const said = saidLines(output)
  if (said === undefined)
    return refused('it did not tell how etcd runs there: look at what its shell prints at login, and at its processes')
  const first = (name: string) => said.get(name)?.[0]
  if (first('init') === 'other') return refused('it has no systemd: an etcd that is started otherwise is upgraded by whoever starts it')
  if (first('units') === '0') {
    return refused('no service of it runs etcd: an etcd in a static pod is upgraded with its kubeadm cluster; else correct the inventory')
  }
  if (first('units') !== '1') return refused(`${first('units')} services of it run etcd: disable all but one`)
  const object = factsObject(said)
  const parsed = EtcdHostFacts.safeParse(object)
  if (parsed.success) return { kind: 'Facts', facts: parsed.data }
  return refused(`what it says of etcd cannot be: ${maskOutput(schemaProblem(object, parsed.error)).replaceAll('\n', ' ').slice(0, 200)}`)
}

function factsObject(said: SaidLines): object {
  const fields = [...said].filter(([name, values]) => !['end', 'units'].includes(name) && values.some((value) => value !== ''))
  return Object.fromEntries(fields.map(([name, values]) => [name, lists.includes(name) ? values.filter((each) => each !== '') : values[0]]))
}

function refused(message: string): ReadEtcdHost {
  return { kind: 'Refused', message }
}

import { z } from 'zod'
import { maskOutput } from '../recipe/mask-output.ts'
import { schemaProblem } from '../schema-problem.ts'
import { type EtcdVersion, parseEtcdVersion } from '../version/etcd-version.ts'
import { imageVersion } from './image-tag.ts'
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
/** `1 /etc/kubernetes/manifests/etcd.yaml`: how often the image, or its tag, stands in a file. */
const placed = z
  .string()
  .regex(/^\d{1,4} \/[\w./@+:-]{0,300}$/)
  .transform((text) => {
    const [times = '', file = ''] = text.split(' ')
    return { times: Number(times), path: file }
  })
const image = z.string().regex(/^[\w.:/@-]{1,300}$/)
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
  /** What runs etcd: a unit, a kubelet from a file of its own (a static pod), or a unit that starts a container. */
  kind: z.enum(['unit', 'pod', 'container']).default('unit'),
  unit: z.string().regex(/^[\w.@:\\-]{1,200}$/),
  /** Of the unit; `exited`: it is up, and no container of etcd is. */
  active: word,
  /** In a container: where its process has it. */
  binary: path,
  /** Of the file, and of the process; absent when it does not say, or does not run. */
  disk: version.exactOptional(),
  runs: version.exactOptional(),
  /** Of the binary that a step has kept. */
  previous: version.exactOptional(),
  /** In a container: its image, who brings images, and the text that a change replaces, with the files that it stands in. */
  image: image.exactOptional(),
  engine: z.enum(['crictl', 'ctr', 'docker', 'podman', 'nerdctl']).exactOptional(),
  /** Whom the unit starts the container as; absent: root. */
  engine_user: word.exactOptional(),
  socket: path.exactOptional(),
  mark: image.exactOptional(),
  previous_mark: image.exactOptional(),
  place: z.array(placed).max(20).default([]),
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

const lists = ['place', 'argument', 'environment', 'config', 'installed', 'available', 'held', 'step', 'at_work']

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
    return refused('neither a service nor a static pod of it runs etcd: correct the inventory')
  }
  if (first('units') !== '1' && first('kind') === 'pod')
    return refused(`${first('units')} manifests of it run etcd: leave one in the folder, as its kubelet runs each of them`)
  if (first('units') !== '1') return refused(`${first('units')} services of it run etcd: disable all but one`)
  if (first('stacked') === 'yes') return refused('its etcd belongs to a control plane of kubeadm, which upgrades it: falkirk upgrade')
  if (said.has('containers')) return refused(`${first('containers')} containers of it run etcd: stop all but one`)
  const object = factsObject(said)
  const parsed = EtcdHostFacts.safeParse(object)
  if (parsed.success) return { kind: 'Facts', facts: withImageVersions(parsed.data) }
  return refused(`what it says of etcd cannot be: ${maskOutput(schemaProblem(object, parsed.error)).replaceAll('\n', ' ').slice(0, 200)}`)
}

/** What an image will run is told by its tag; where that tells nothing, by what runs of it. */
function withImageVersions(facts: EtcdHostFacts): EtcdHostFacts {
  if (facts.kind === 'unit') return facts
  const [disk, previous] = [imageVersion(facts.mark ?? facts.image ?? '') ?? facts.runs, imageVersion(facts.previous_mark ?? '')]
  return { ...facts, ...(disk === undefined ? {} : { disk }), ...(previous === undefined ? {} : { previous }) }
}

function factsObject(said: SaidLines): object {
  const fields = [...said].filter(([name, values]) => !['end', 'units'].includes(name) && values.some((value) => value !== ''))
  return Object.fromEntries(fields.map(([name, values]) => [name, lists.includes(name) ? values.filter((each) => each !== '') : values[0]]))
}

function refused(message: string): ReadEtcdHost {
  return { kind: 'Refused', message }
}

/** Where the values of an option or an argument come from. `list`: several with commas between them. */
export type ValueSource =
  | { readonly kind: 'Words'; readonly words: readonly string[]; readonly list?: true }
  | { readonly kind: 'Live'; readonly what: LiveKind; readonly list?: true }
  | { readonly kind: 'Files' }
  /** Nothing can be proposed: a number, an address, a new name. */
  | { readonly kind: 'Free' }

/** What the cluster is asked for, but for contexts (the kubeconfig) and scenarios (the program's own files). */
export type LiveKind = 'Runs' | 'RunsUnderWay' | 'Nodes' | 'Pools' | 'Versions' | 'Namespaces' | 'Contexts' | 'Scenarios'

const words = (...all: readonly string[]): ValueSource => ({ kind: 'Words', words: all })
const live = (what: LiveKind): ValueSource => ({ kind: 'Live', what })
const liveList = (what: LiveKind): ValueSource => ({ kind: 'Live', what, list: true })
const files: ValueSource = { kind: 'Files' }
const free: ValueSource = { kind: 'Free' }

/** By `command --option`, or by `--option` where it is the same everywhere; arguments by `command <name>`. A test names what is missing here. */
const sources: Readonly<Record<string, ValueSource>> = {
  '--kubeconfig': files,
  '--context': live('Contexts'),
  '--namespace': live('Namespaces'),
  '--to': live('Versions'),
  '--file': files,
  '--pools': liveList('Pools'),
  '--nodes': liveList('Nodes'),
  '--workers': words('Lazy', 'EveryHop'),
  '--max': words('1', '2', '5', '10'),
  '--scope': words('Cluster', 'ControlPlane', 'Pools', 'Hosts'),
  '--inventory': files,
  '--stop-after': words('Hop', 'ControlPlane', 'Pool', 'Batch', 'Node'),
  '--name': free,
  '--patience': words('30s', '1m', '5m', '30m'),
  '--listen': free,
  '--releases': files,
  '--distribution': words('k3s', 'rke2', 'kubeadm'),
  'plan --output': words('json', 'yaml'),
  'upgrade --output': words('json'),
  'status --output': words('json', 'yaml'),
  'status <name>': live('Runs'),
  'pause <name>': live('RunsUnderWay'),
  'continue <name>': live('RunsUnderWay'),
  'cancel <name>': live('RunsUnderWay'),
  'path --from': free,
  'path --to': free,
  'path --nodes': words('none'),
  'path --distribution': words('k3s', 'rke2', 'kubeadm', 'upstream'),
  'path --via': free,
  'path --stops': free,
  'path --datastore': words('etcd', 'other'),
  'path --etcd': free,
  'path --accept-risk': { kind: 'Words', words: ['UnsupportedSkew', 'PreRelease'], list: true },
  'path --output': words('table', 'wide', 'json', 'yaml'),
  'check --output': words('json', 'yaml'),
  'check --concurrency': words('5', '20', '50'),
  'prepare --from-folder': files,
  'prepare --output': words('json', 'yaml'),
  'prepare --concurrency': words('5', '10', '20'),
  'nodes --via': words('ssh'),
  'upgrade --reboot': words('Never', 'IfRequired', 'Always'),
  'switch --to': words('containerd'),
  'switch --version': free,
  'switch --output': words('json'),
  'upgrade --via': words('Job', 'SSH'),
  'plan --via': words('Job', 'SSH'),
  'nodes --output': words('table', 'wide', 'json', 'yaml'),
  'controller --master': free,
  'controller --node-name': live('Nodes'),
  'controller --threads': free,
  'controller --service-account': free,
  'sandbox --join': files,
  'sandbox --nodes': free,
  'sandbox --pods': free,
  'sandbox --version': free,
  'sandbox --scenario': live('Scenarios'),
  'sandbox --load': files,
  'sandbox --speed': words('1x', '10x', '100x'),
  'sandbox --seed': free,
  'sandbox --port': free,
  'completion <shell>': words('bash', 'zsh', 'fish', 'powershell'),
}

/** @param value `--option` or `<argument>` */
export function valueSource(command: string, value: string): ValueSource | undefined {
  return sources[`${command} ${value}`] ?? sources[value]
}

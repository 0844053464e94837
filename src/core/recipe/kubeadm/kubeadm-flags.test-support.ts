/** First and last minor of kubeadm that knows a flag of a command. Source: kubeadm's reference, minor by minor. */
type Since = readonly [first: number, last?: number]

const flags: Readonly<Record<string, Readonly<Record<string, Since>>>> = {
  'upgrade plan': { '--ignore-preflight-errors': [9], '--kubeconfig': [5] },
  'upgrade apply': {
    '-y': [5],
    '--force': [5],
    '--certificate-renewal': [15],
    '--ignore-preflight-errors': [9],
    '--experimental-patches': [19, 22],
    '--patches': [22],
    '--etcd-upgrade': [10],
    '--cri-socket': [8, 16],
  },
  'upgrade node': {
    '--certificate-renewal': [15],
    '--ignore-preflight-errors': [18],
    '--experimental-patches': [19, 22],
    '--patches': [22],
    '--etcd-upgrade': [15],
  },
  'upgrade node config': { '--kubelet-version': [11, 14] },
  'upgrade node experimental-control-plane': {},
  'upgrade diff': { '--kubeconfig': [11] },
  'config images list': { '--kubernetes-version': [11], '--image-repository': [16] },
  'config images pull': { '--kubernetes-version': [11], '--cri-socket': [11], '--image-repository': [16] },
}

/** First and last minor that has a command at all. */
const commands: Readonly<Record<string, Since>> = {
  'upgrade node': [15],
  'upgrade node config': [11, 14],
  'upgrade node experimental-control-plane': [12, 14],
}

interface Versions {
  readonly target: string
  /** What is installed before the change. */
  readonly installed: string
}

/** What is wrong with a line of a transcript that calls kubeadm; undefined where nothing is. */
export function flagFault(line: string, { target, installed }: Versions): string | undefined {
  const words = line.split(' ')
  if (!/(^|\/)\.?kubeadm(\.falkirk-\S+)?$/.test(words[0] ?? '')) return undefined
  const name = Object.keys(flags)
    .toSorted((a, b) => b.length - a.length)
    .find((each) => line.includes(`kubeadm ${each}`) || words.slice(1).join(' ').startsWith(each))
  if (name === undefined) return `unknown command: ${line}`
  // only the one that has written the manifests compares them
  const minor = Number((name === 'upgrade diff' ? installed : target).split('.')[1])
  if (!knows(commands[name] ?? [5], minor)) return `v1.${minor} has no ${name}: ${line}`
  const wrong = words.slice(1).find((word) => word.startsWith('-') && !knows(flags[name]?.[word.split('=')[0] ?? ''], minor))
  return wrong === undefined ? undefined : `v1.${minor} does not know ${wrong}: ${line}`
}

function knows(since: Since | undefined, minor: number): boolean {
  return since !== undefined && minor >= since[0] && minor <= (since[1] ?? Number.POSITIVE_INFINITY)
}

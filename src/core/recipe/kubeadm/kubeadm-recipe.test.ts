import { describe, expect, it } from 'vitest'
import type { HostFacts } from '../../host/host-facts.ts'
import { HostOrder } from '../host-order.ts'
import { hostRecipe } from '../host-recipe.ts'
import { flagFault } from './kubeadm-flags.test-support.ts'
import { type NodeLook, nodeFacts } from './node-facts.test-support.ts'

const order: HostOrder = {
  run: 'uid',
  node: 'cp1',
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.30.14',
  part: 'FirstControlPlane',
}
const look: NodeLook = { name: 'cp1', role: 'ControlPlane', version: 'v1.29.15' }
const worker: NodeLook = { name: 'w1', role: 'Worker', version: 'v1.29.15' }
const aWorker = { part: 'Worker', node: 'w1' } as const

function upgradeCommand(change: Partial<HostOrder>, facts: HostFacts): string | undefined {
  const answer = hostRecipe({ ...order, ...change }, facts)
  if (answer.kind === 'Refused') return answer.message
  return answer.recipe.steps.find(({ name }) => name === 'upgrade-node')?.commands?.[0]
}

const at = (version: string, more: Partial<NodeLook> = {}) => nodeFacts({ ...look, version, ...more })
const withKubeadm = (facts: HostFacts, kubeadm: Partial<HostFacts['kubeadm']>): HostFacts => ({
  ...facts,
  kubeadm: { ...facts.kubeadm, ...kubeadm },
})

describe('what kubeadm is told', () => {
  const cases: readonly { what: string; change: Partial<HostOrder>; facts: HostFacts; command: string }[] = [
    { what: 'the first', change: {}, facts: at('v1.29.15'), command: 'kubeadm upgrade apply -y v1.30.14 --certificate-renewal=true' },
    {
      what: 'another',
      change: { part: 'ControlPlane' },
      facts: at('v1.29.15'),
      command: 'kubeadm upgrade node --certificate-renewal=true',
    },
    { what: 'a worker', change: aWorker, facts: nodeFacts(worker), command: 'kubeadm upgrade node' },
    {
      what: 'an authority elsewhere',
      change: {},
      facts: withKubeadm(at('v1.29.15'), { caKey: false }),
      command: 'kubeadm upgrade apply -y v1.30.14 --certificate-renewal=false',
    },
    {
      what: 'patches',
      change: {},
      facts: withKubeadm(at('v1.29.15'), { patches: '/etc/kubernetes/patches' }),
      command: 'kubeadm upgrade apply -y v1.30.14 --certificate-renewal=true --patches=/etc/kubernetes/patches',
    },
    {
      what: 'patches before 1.22',
      change: { version: 'v1.20.15', part: 'ControlPlane' },
      facts: withKubeadm(at('v1.19.16'), { patches: '/etc/kubernetes/patches' }),
      command: 'kubeadm upgrade node --certificate-renewal=true --experimental-patches=/etc/kubernetes/patches',
    },
    {
      what: 'the first before 1.15',
      change: { version: 'v1.14.10' },
      facts: at('v1.14.5', { docker: true }),
      command: 'kubeadm upgrade apply -y v1.14.10',
    },
    {
      what: 'another before 1.15',
      change: { version: 'v1.14.10', part: 'ControlPlane' },
      facts: at('v1.14.5', { docker: true }),
      command: 'kubeadm upgrade node experimental-control-plane',
    },
    {
      what: 'a worker before 1.15',
      change: { ...aWorker, version: 'v1.14.10' },
      facts: nodeFacts({ ...worker, version: 'v1.14.5', docker: true }),
      command: 'kubeadm upgrade node config --kubelet-version v1.14.10',
    },
    {
      what: 'a node beside which none takes pods',
      change: { alone: true },
      facts: at('v1.29.15'),
      command: 'kubeadm upgrade apply -y v1.30.14 --certificate-renewal=true --ignore-preflight-errors=CreateJob',
    },
    {
      what: 'the kernel of RHEL 8 at 1.33',
      change: { version: 'v1.33.13' },
      facts: at('v1.32.13', { os: { kernel: '4.18.0-553.el8_10.x86_64' } }),
      command: 'kubeadm upgrade apply -y v1.33.13 --certificate-renewal=true --ignore-preflight-errors=SystemVerification',
    },
    {
      what: 'a skew accepted by name',
      change: { version: 'v1.21.14', oldestKubelet: 'v1.14.5', kubeletSkew: 'Accepted' },
      facts: at('v1.20.15'),
      command: 'kubeadm upgrade apply -y v1.21.14 --certificate-renewal=true --force',
    },
  ]
  it.each(cases)('on $what: $command', ({ change, facts, command }) => {
    expect(upgradeCommand(change, facts)).toBe(command)
    expect(flagFault(command, { target: change.version ?? order.version, installed: '' })).toBeUndefined()
  })

  it('is known to each version, on each part of a cluster', () => {
    for (let minor = 15; minor <= 37; minor += 1) {
      const version = `v1.${minor}.0`
      const facts = withKubeadm(at(`v1.${minor - 1}.0`, { docker: minor < 24 ? true : undefined } as Partial<NodeLook>), {
        patches: '/etc/kubernetes/patches',
      })
      for (const part of ['FirstControlPlane', 'ControlPlane'] as const) {
        const command = upgradeCommand({ version, part }, facts) ?? ''
        expect(flagFault(command, { target: version, installed: '' }), command).toBeUndefined()
        expect(command).toMatch(/^kubeadm upgrade/)
      }
    }
  })
})

describe('what is refused, with its fix', () => {
  const cases: readonly { what: string; change: Partial<HostOrder>; facts: HostFacts; message: RegExp }[] = [
    {
      what: 'a lower version',
      change: { version: 'v1.28.15' },
      facts: at('v1.29.15'),
      message: /v1\.28\.15 is lower: no node is lowered; nothing was touched$/,
    },
    {
      what: 'a skipped minor',
      change: { version: 'v1.31.14' },
      facts: at('v1.29.15'),
      message: /would skip a minor: go by the last patch of v1\.30/,
    },
    {
      what: 'a worker that is taken for a control plane',
      change: {},
      facts: nodeFacts(worker),
      message: /runs no API server, and the order takes it for a control-plane node/,
    },
    {
      what: 'docker at 1.24',
      change: { version: 'v1.24.17' },
      facts: at('v1.23.17', { docker: true }),
      message: /move it to containerd at v1\.23 at the latest/,
    },
    {
      what: 'cgroup v1 at 1.35',
      change: { version: 'v1.35.8' },
      facts: at('v1.34.11', { os: { cgroup: 'v1' } }),
      message: /failCgroupV1: false in ConfigMap/,
    },
    {
      what: 'a kubelet too far behind',
      change: { version: 'v1.21.14', oldestKubelet: 'v1.19.16' },
      facts: at('v1.20.15'),
      message: /leaves none more than 1 minor behind: bring the workers up first \(spec\.workers: EveryHop\)/,
    },
    {
      what: 'programs as files without a file',
      change: { ...aWorker, version: 'v1.30.14' },
      facts: nodeFacts({ ...worker, binaries: true }),
      message: /belongs to no package: name a file or an address of kubelet v1\.30\.14 for x86_64, with its sha256|of kubeadm v1\.30\.14/,
    },
    {
      what: 'a flag of the API server that the target does not know',
      change: { version: 'v1.33.13' },
      facts: {
        ...at('v1.32.13'),
        staticPods: at('v1.32.13').staticPods.map((pod) =>
          pod.path.includes('apiserver') ? { ...pod, arguments: [...pod.arguments, '--cloud-provider=external'] } : pod,
        ),
      },
      message: /kube-apiserver has --cloud-provider.*apiServer\.extraArgs of ConfigMap kube-system\/kubeadm-config/,
    },
    { what: 'facts that were not read as root', change: {}, facts: { ...at('v1.29.15'), asRoot: false }, message: /become: sudo/ },
    {
      what: 'another distribution',
      change: { distribution: 'k3s', version: 'v1.30.14+k3s1' },
      facts: at('v1.29.15'),
      message: /this host is of kubeadm, and the order is for k3s/,
    },
  ]
  it.each(cases)('$what', ({ change, facts, message }) => {
    expect(upgradeCommand(change, facts)).toMatch(message)
  })

  it('half packages are found before anything begins, and do not stop what is under way', () => {
    const facts = at('v1.29.15')
    const broken = { ...facts, packages: { ...facts.packages, broken: ['kubelet is half-configured'] } }
    expect(hostRecipe({ ...order, step: 'Stage' }, broken)).toMatchObject({
      kind: 'Refused',
      message: expect.stringContaining('dpkg --configure -a'),
    })
    expect(hostRecipe(order, broken).kind).toBe('Recipe')
  })
})

it('an order keeps its number whatever is found on the host meanwhile', () => {
  const id = (facts: HostFacts) => {
    const answer = hostRecipe(order, facts)
    return answer.kind === 'Recipe' ? answer.recipe.id : answer.message
  }
  expect(id(at('v1.29.15'))).toBe(id(at('v1.30.14', { held: false })))
})

it.each([{ run: 'uid', node: 'cp1; reboot' }, { version: 'v1.30.14 $(reboot)' }, { binaries: { kubelet: { sha256: 'no' } } }])(
  'an order with %j is none',
  (change) => {
    expect(HostOrder.safeParse({ ...order, ...change }).success).toBe(false)
  },
)

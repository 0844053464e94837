import { afterEach, describe, expect, it } from 'vitest'
import type { ApiTransport } from '../../src/cluster/transport.ts'
import { parseVersion } from '../../src/core/version/kubernetes-version.ts'
import type { ImageBehaviour } from '../../src/twin/kubelet/image-behaviour.ts'
import { workloadObjects } from './story-objects.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'
import type { RunningController } from './virtual-cluster.ts'

const image = 'registry.example.org/kubeadm-upgrade'
const running: UpgradeCluster[] = []

afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

/** What an image of one's own does on a kubeadm node: `kubeadm upgrade`, then the packages; its tag says the version. */
const kubeadmUpgrade: ImageBehaviour = ({ container, machine }) => {
  const [, tag] = /^registry\.example\.org\/kubeadm-upgrade:(.+)$/.exec(container.image ?? '') ?? []
  if (container.name !== 'upgrade' || tag === undefined) return undefined
  const version = parseVersion(tag)?.text ?? tag
  const own = machine.role === 'Server' ? [{ kind: 'ReplaceControlPlane', version } as const] : []
  return { seconds: 60, exitCode: 0, effects: [...own, { kind: 'ReplaceKubernetes', version }], log: `kubeadm upgrade ${version}\n` }
}

async function kubeadmCluster(version: string): Promise<UpgradeCluster & { readonly controller: RunningController }> {
  const run = await UpgradeCluster.start({
    version,
    distribution: 'kubeadm',
    hasApi: false,
    servers: 3,
    workers: 2,
    objects: workloadObjects({ kind: 'Deployment', replicas: 2, minAvailable: 1, readySeconds: 5 }, 'web'),
    behaviours: [kubeadmUpgrade],
  })
  running.push(run)
  const controller = run.cluster.startController({ leaderElect: true })
  await run.cluster.clock.advance(60_000)
  return Object.assign(run, { controller })
}

/** Minors that the API server answers as until the run has ended, each once, in their order. */
async function servedUntilComplete(run: UpgradeCluster): Promise<readonly string[]> {
  const served: string[] = []
  await run.until(
    'up',
    ({ phase }) => {
      const minor = String(run.cluster.twin.api.catalog.minor)
      if (served.at(-1) !== minor) served.push(minor)
      return phase === 'Complete' || phase === 'Refused' || phase === 'Stopped'
    },
    40_000,
  )
  return served
}

function administrator({ cluster }: UpgradeCluster): ApiTransport {
  return cluster.twin.transport({ username: 'admin', groups: ['system:masters', 'system:authenticated'] })
}

const crdPath = (version: string) => `/apis/apiextensions.k8s.io/${version}/customresourcedefinitions/clusterupgrades.falkirk.dev`

/** The versions in which the definition of ClusterUpgrades can be read now. */
async function crdVersions(run: UpgradeCluster): Promise<readonly string[]> {
  const read = async (version: string) =>
    await administrator(run)
      .json({ method: 'GET', path: crdPath(version) })
      .then(
        () => [version],
        () => [],
      )
  return (await Promise.all(['v1beta1', 'v1'].map(read))).flat()
}

describe('a run over API servers of many minors', () => {
  it('goes from v1.14.5 to v1.21.14, and keeps its own object while CustomResourceDefinitions change from v1beta1 to v1', async () => {
    const run = await kubeadmCluster('v1.14.5')
    expect(await crdVersions(run)).toEqual(['v1beta1'])
    await run.create('up', { version: 'v1.21.14', node: { upgrade: { image } } })
    const { uid } = run.cluster.store.get('clusterupgrades.falkirk.dev', undefined, 'up')?.metadata ?? {}
    expect(await servedUntilComplete(run)).toEqual(['14', '15', '16', '17', '18', '19', '20', '21'])
    const own = await administrator(run).json({ method: 'GET', path: '/apis/falkirk.dev/v1alpha1/clusterupgrades/up' })
    expect(own).toMatchObject({
      metadata: { uid, generation: 1 },
      spec: { version: 'v1.21.14', node: { upgrade: { image } } },
      status: { phase: 'Complete', from: 'v1.14.5', message: 'the cluster runs v1.21.14', progress: { controlPlane: '3/3', nodes: '2/2' } },
    })
    expect(await crdVersions(run)).toEqual(['v1beta1', 'v1'])
    for (const versions of run.witness.versions.values())
      expect(versions.map((version) => /v1\.(\d+)/.exec(version)?.[1])).toEqual(['15', '16', '17', '18', '19', '20', '21'])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('goes on where the APIs that its controller began with end: PodDisruptionBudgets of v1beta1 with v1.25', async () => {
    const run = await kubeadmCluster('v1.20.15')
    await run.create('up', { version: 'v1.25.16', node: { upgrade: { image } } })
    expect(await servedUntilComplete(run)).toEqual(['20', '21', '22', '23', '24', '25'])
    expect(await crdVersions(run)).toEqual(['v1'])
    expect(run.status('up')).toMatchObject({ phase: 'Complete' })
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('goes on when the controller that began on one minor dies, and the next one finds another', async () => {
    const run = await kubeadmCluster('v1.20.15')
    await run.create('up', { version: 'v1.22.17', node: { upgrade: { image } } })
    await run.until(
      'up',
      ({ hop, inFlight = [] }) => hop?.version === 'v1.22.17' && inFlight.some(({ step }) => step === 'Changing'),
      20_000,
    )
    run.controller.kill()
    run.cluster.startController({ leaderElect: true })
    expect(await servedUntilComplete(run)).toEqual(['21', '22'])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upgradeCrd } from '../../../src/core/upgrade/api/upgrade-crd.ts'
import { type BareStage, setBareStage } from '../plan/bare-stage.ts'

const [before, after] = ['v1.20.2+k3s1', 'v1.20.3+k3s1']
const runs = '/apis/falkirk.dev/v1alpha1/clusterupgrades'
const attachments = '/apis/storage.k8s.io/v1/volumeattachments'
const driver = 'disk.example.org'

interface RunEvent {
  readonly object: { readonly status?: { readonly phase: string; readonly message: string } }
}

describe('a node that a real VolumeAttachment is for', () => {
  let stage: BareStage

  beforeAll(async () => {
    const nodes = ['worker-0', 'worker-1'].map((name) => ({ name, version: before }))
    stage = await setBareStage({
      name: 'upgrade-volumes',
      version: after,
      nodes: [{ name: 'server-0', version: after, controlPlane: true }, ...nodes],
    })
    await stage.plane.kubectl.apply(JSON.stringify(upgradeCrd()))
    await stage.plane.kubectl.established('clusterupgrades.falkirk.dev')
    await (await stage.startController()).ready()
  })

  afterAll(async () => {
    await stage?.down()
  })

  /** What the run says, as soon as that matches. */
  async function told(matching: RegExp): Promise<string> {
    for await (const event of stage.plane.api.lines(`${runs}?watch=1`, AbortSignal.timeout(120_000))) {
      const { phase, message } = (event as RunEvent).object.status ?? {}
      const text = `${phase}: ${message}`
      if (matching.test(text)) return text
    }
    throw new Error(`the run never said ${matching}`)
  }

  const changes = () => stage.observer.jobs.history().flatMap(({ facts }) => (facts?.name.includes('change-worker-1') ? [facts.name] : []))

  it('is changed when that is gone, and not before; the run names volume, claim and driver', async () => {
    const { api } = stage.plane
    stage.script.upgrade('volumes', () => ({ seconds: 0.3, restartSeconds: 0.2, notReady: true }))
    await api.post('/api/v1/persistentvolumes', {
      metadata: { name: 'disk-1' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        claimRef: { namespace: 'default', name: 'data' },
        csi: { driver, volumeHandle: 'disk-1' },
      },
    })
    await api.post(attachments, {
      metadata: { name: 'csi-1' },
      spec: { attacher: driver, nodeName: 'worker-1', source: { persistentVolumeName: 'disk-1' } },
    })
    const spec = { version: after, soak: { for: '0s' } }
    await api.post(runs, { apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata: { name: 'volumes' }, spec })
    expect(await told(/ of claim /)).toMatch(
      /^Nodes: worker-1 is drained, and volume disk-1 of claim default\/data \(driver disk\.example\.org\) is still attached: nobody has begun to detach it since /,
    )
    expect(changes()).toEqual([])
    await api.delete(`${attachments}/csi-1`)
    expect(await told(/^(Complete|Stopped)/)).toBe(`Complete: the cluster runs ${after}`)
    expect(changes().length).toBeGreaterThan(0)
  })
})

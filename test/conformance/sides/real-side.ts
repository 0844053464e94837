import { type ControlPlane, startControlPlane } from '../../rig/control-plane.ts'
import { readKubeconfig } from '../../rig/plain-kubeconfig.ts'
import { SideClient } from '../side-client.ts'
import { joinNodes } from './conformance-nodes.ts'
import type { Side } from './side.ts'

/** A server that is not ours: the rig's, or the one that FALKIRK_E2E_KUBECONFIG names. */
export interface RealSide extends Side {
  /** `v1.20.2+k3s1` */
  readonly version: string
  /** `Foreign`: its nodes are real ones, and nobody else's work may be disturbed. */
  readonly kind: 'Rig' | 'Foreign'
}

export async function startRealSide(): Promise<RealSide> {
  const foreign = process.env.FALKIRK_E2E_KUBECONFIG
  return foreign === undefined || foreign === ''
    ? ofRig(await startControlPlane({ nodeGraceSeconds: 40, gates: { TTLAfterFinished: false } }))
    : await ofForeign(foreign)
}

async function ofRig(plane: ControlPlane): Promise<RealSide> {
  try {
    const leave = await joinNodes(plane.kubeconfig, plane.version)
    const close = async () => {
      await leave()
      await plane.down()
    }
    return { ...sideOf(plane.kubeconfig), kind: 'Rig', version: plane.version, close }
  } catch (error) {
    await plane.down({ keepLogs: true })
    throw error
  }
}

async function ofForeign(kubeconfig: string): Promise<RealSide> {
  const side = sideOf(kubeconfig)

  const client = new SideClient({ ...side, close: async () => {} })
  const { body } = await client.request('GET', '/version')
  await client.close()
  return { ...side, kind: 'Foreign', version: (body as { gitVersion: string }).gitVersion, close: async () => {} }
}

function sideOf(kubeconfig: string): Omit<Side, 'close'> {
  const { server, ca, token, cert, key } = readKubeconfig(kubeconfig)
  return {
    title: 'real',
    url: server,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    kubeconfig,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
  }
}

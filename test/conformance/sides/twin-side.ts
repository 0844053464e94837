import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/cluster/clock.ts'
import { serveTwin } from '../../../src/twin/api/serve/serve-twin.ts'
import { seededRandom } from '../../../src/twin/time/seeded-random.ts'
import { createTwin } from '../../../src/twin/twin.ts'
import { createAuthority, issueServer } from '../../loopback/certificates.ts'
import { kubeconfigText } from '../../rig/plain-kubeconfig.ts'
import { conformanceMachines, quickTimings } from './conformance-nodes.ts'
import type { Side } from './side.ts'

/** A twin of the release that the other side is, over HTTPS. `onDefect` is told what goes wrong inside. */
export async function startTwinSide(version: string, onDefect: (where: string, error: unknown) => void): Promise<Side> {
  const kubelets = { timingsOf: () => quickTimings }
  const access = { tokens: [{ token: 'any', user: { username: 'admin', groups: ['system:masters'] } }] }
  const twin = await createTwin({ clock: systemClock, random: seededRandom(2), version, kubelets, access, onDefect })
  await twin.start()
  await twin.addNodes(conformanceMachines(version))
  const authority = await createAuthority()
  const { cert, key } = await issueServer(authority)
  const served = await serveTwin({ server: twin.api.server, cert, key })
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-twin-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigText({ server: served.url, ca: authority.cert, token: 'any' }, 'admin'), { mode: 0o600 })
  return {
    title: 'twin',
    url: served.url,
    headers: { authorization: 'Bearer any' },
    ca: authority.cert,
    kubeconfig,
    close: async () => {
      twin.close()
      await served.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

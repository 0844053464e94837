import { describe, expect, it } from 'vitest'
import type { ApiTransport } from '../../cluster/transport.ts'
import { shippedReleases } from '../../core/version/shipped-releases.ts'
import { withExactTarget } from './exact-target.ts'

const releases = shippedReleases()

/** A cluster whose control plane runs a version, with a worker of another. */
function cluster(version: string | undefined, gitVersion = 'v1.30.1') {
  const node = (name: string, kubeletVersion: string, labels: object) => ({
    metadata: { name, uid: name, labels },
    status: { nodeInfo: { kubeletVersion } },
  })
  const server = version === undefined ? [] : [node('server-0', version, { 'node-role.kubernetes.io/control-plane': '' })]
  const asked: string[] = []
  const json = async ({ path }: { readonly path: string }) => {
    asked.push(path)
    return { metadata: { resourceVersion: '1' }, items: [node('worker-0', 'v1.29.1', {}), ...server] }
  }
  const client = { transport: { json } as unknown as ApiTransport, capabilities: { gitVersion } }
  const said: string[] = []
  const exact = (to?: string) => withExactTarget(client, { pools: 'a=b', ...(to && { to }) }, { releases, warn: (text) => said.push(text) })
  return { exact, said, asked }
}

describe('a minor alone behind --to', () => {
  it.each([
    { runs: 'v1.28.3', to: 'v1.29', exact: 'v1.29.15' },
    { runs: 'v1.29.1+k3s1', to: '1.30', exact: 'v1.30.14+k3s2' },
    { runs: 'v1.31.4+rke2r1', to: 'v1.32', exact: 'v1.32.13+rke2r1' },
  ])('$to is $exact where the control plane runs $runs, and that is said', async ({ runs, to, exact }) => {
    const at = cluster(runs)
    expect(await at.exact(to)).toEqual({ pools: 'a=b', to: exact })
    expect(at.said).toEqual([`--to ${to} is ${exact}, its last release in the release data of ${releases.reviewed}`])
  })

  it('is of what the API server says where no node is of the control plane', async () => {
    expect((await cluster(undefined, 'v1.29.1+k3s1').exact('v1.30')).to).toBe('v1.30.14+k3s2')
  })

  it.each([
    {
      runs: 'v1.30.5-gke.100',
      to: 'v1.31',
      message: '--to is "v1.31", and releases of v1.30.5-gke.100 are not known: write the whole version',
    },
    {
      runs: 'v1.30.5+k3s1',
      to: 'v1.99',
      message: `--to is "v1.99", of which the release data of ${releases.reviewed} know no release: write the whole version`,
    },
  ])('$to where $runs runs is refused in one sentence', async ({ runs, to, message }) => {
    await expect(cluster(runs).exact(to)).rejects.toMatchObject({ code: 'FK_BAD_SETTING', message })
  })
})

it.each([undefined, 'v1.34.2', 'latest'])('what is no minor alone is left as it is, and asks nothing: %s', async (to) => {
  const at = cluster('v1.33.5')
  expect((await at.exact(to)).to).toBe(to)
  expect([at.said, at.asked]).toEqual([[], []])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AptRepository, startAptRepository } from '../rig/apt-repository.ts'
import { type RigCluster, startK3sCluster } from '../rig/k3s-cluster.ts'
import { type NodeJob, nodeJob } from '../rig/node-job.ts'
import { readUpgrades } from '../rig/upgrade-ledger.ts'

const before = 'v1.20.2+k3s1'
const after = 'v1.20.3+k3s1'
const upgradeImage = 'rancher/k3s-upgrade:v1.20.3-k3s1'

let cluster: RigCluster

beforeAll(async () => {
  cluster = await startK3sCluster({ agents: 2, version: before })
})

afterAll(async () => {
  await cluster?.down()
})

describe('a cluster on whole hosts', () => {
  it('has a server and two agents, all Ready at the version asked for', async () => {
    const nodes = await versions()
    expect(nodes).toEqual({ 'server-1': before, 'agent-1': before, 'agent-2': before })
  })

  it('lets a pod reach the API by the address of the kubernetes Service', async () => {
    const script = 'wget -q -O - --no-check-certificate https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/version'
    await cluster.kubectl(['run', 'caller', '--image=busybox:1', '--restart=Never', '--', 'sh', '-c', script])
    await untilPhase('caller', 'Succeeded')
    expect(await cluster.kubectl(['logs', 'caller'])).toContain(`"gitVersion": "${before}"`)
  })

  it('lets a pod reach a server in the process of the test', async () => {
    const script = `wget -q -O - ${cluster.registry.url}/v2/_catalog`
    await cluster.kubectl(['run', 'outward', '--image=busybox:1', '--restart=Never', '--', 'sh', '-c', script])
    await untilPhase('outward', 'Succeeded')
    expect(await cluster.kubectl(['logs', 'outward'])).toContain('rancher/k3s-upgrade')
  })

  it('reports an image that is in no registry as one that cannot be pulled', async () => {
    await cluster.kubectl(['run', 'no-image', '--image=rancher/k3s-upgrade:v9', '--restart=Never'])
    await expect.poll(() => waitingReason('no-image'), { timeout: 60_000 }).toBe('ImagePullBackOff')
  })
})

describe('the upgrade image', () => {
  it('changes the node on which its Job runs, and no other', async () => {
    await run({ name: 'upgrade-agent-1', node: 'agent-1', image: upgradeImage })
    await cluster.untilNodeRuns('agent-1', after)
    expect(await versions()).toEqual({ 'server-1': before, 'agent-1': after, 'agent-2': before })
    expect(readUpgrades(cluster.host('agent-1')).map(({ what }) => what)).toEqual(['started', 'replaced'])
    expect(readUpgrades(cluster.host('agent-2'))).toEqual([])
  })

  it('restarts nothing on a node that has the binary already', async () => {
    const process = () => cluster.host('agent-1').run('systemctl show --property MainPID --value k3s-agent')
    const running = await process()
    await run({ name: 'upgrade-again', node: 'agent-1', image: upgradeImage })
    expect(readUpgrades(cluster.host('agent-1')).map(({ what }) => what)).toEqual(['started', 'replaced', 'started', 'current'])
    expect(await process()).toBe(running)
  })

  it('refuses to lower a node, with exit code 1 and the reason', async () => {
    const job = nodeJob({ name: 'lower', node: 'agent-1', image: 'rancher/k3s-upgrade:v1.20.2-k3s1' })
    await cluster.kubectl.apply(JSON.stringify(job))
    const refusal = () => readUpgrades(cluster.host('agent-1')).find(({ what }) => what === 'refused')?.detail
    await expect.poll(refusal, { timeout: 60_000 }).toContain('refusing to lower k3s version v1.20.3+k3s1')
    await cluster.kubectl(['delete', 'job', 'lower'])
    expect((await versions())['agent-1']).toBe(after)
  })

  it('takes the API server along when the node is the server', async () => {
    await cluster.kubectl.apply(JSON.stringify(nodeJob({ name: 'upgrade-server', node: 'server-1', image: upgradeImage })))
    await cluster.untilNodeRuns('server-1', after)
    await cluster.untilReady()
    await untilComplete('upgrade-server')
    expect(await cluster.api.get('/version')).toMatchObject({ gitVersion: after })
    expect(readUpgrades(cluster.host('server-1')).map(({ what }) => what)).toEqual(['started', 'replaced'])
  })
})

describe('a package on a host', () => {
  let repository: AptRepository

  beforeAll(async () => {
    repository = await startAptRepository(cluster.gateway)
    await repository.publish('rig-demo', '1.0')
    await cluster
      .host('agent-2')
      .run(`echo '${repository.source}' > /etc/apt/sources.list.d/rig.list; apt-get -qq update; apt-get -qq install -y rig-demo`)
  })

  afterAll(async () => {
    await repository?.stop()
  })

  it('is upgraded by a Job through chroot, with a script from a Secret, and the host reboots once', async () => {
    const host = cluster.host('agent-2')
    const bootId = await host.bootId()
    await repository.publish('rig-demo', '1.1', { rebootRequired: true })
    await cluster.kubectl(['create', 'secret', 'generic', 'apt', `--from-literal=upgrade.sh=${aptScript}`])
    await run({
      name: 'apt',
      node: 'agent-2',
      image: 'debian:bookworm',
      command: ['chroot', '/host'],
      args: ['sh', '/run/rig/apt/upgrade.sh'],
      secret: 'apt',
    })
    await cluster.untilReady()
    expect(await host.run('dpkg -s rig-demo')).toContain('\nVersion: 1.1\n')
    expect(await host.bootId()).not.toBe(bootId)
    expect(await host.attempt('test -e /run/reboot-required')).toMatchObject({ exitCode: 1 })
  })
})

const aptScript = `set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install -y --only-upgrade rig-demo
if [ -e /run/reboot-required ]; then
  reboot
  sleep 60
fi
`

async function run(job: NodeJob): Promise<void> {
  await cluster.kubectl.apply(JSON.stringify(nodeJob(job)))
  await untilComplete(job.name)
}

async function untilComplete(job: string): Promise<void> {
  const succeeded = async () => {
    const answer = await cluster.kubectl.attempt(['get', 'job', job, '-o', 'jsonpath={.status.succeeded}'])
    return answer.stdout
  }
  await expect.poll(succeeded, { timeout: 180_000, interval: 500 }).toBe('1')
}

async function untilPhase(pod: string, phase: string): Promise<void> {
  await expect.poll(() => cluster.kubectl(['get', 'pod', pod, '-o', 'jsonpath={.status.phase}']), { timeout: 60_000 }).toBe(phase)
}

async function waitingReason(pod: string): Promise<string> {
  return await cluster.kubectl(['get', 'pod', pod, '-o', 'jsonpath={.status.containerStatuses[0].state.waiting.reason}'])
}

async function versions(): Promise<Record<string, string>> {
  const { items } = await cluster.kubectl.json<{
    items: { metadata: { name: string }; status: { nodeInfo: { kubeletVersion: string } } }[]
  }>(['get', 'nodes'])
  return Object.fromEntries(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo.kubeletVersion]))
}

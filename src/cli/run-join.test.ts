import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { systemClock } from '../cluster/clock.ts'
import { sandboxKubeconfig, writeKubeconfig } from '../twin/sandbox/sandbox-kubeconfig.ts'
import { smallWorld } from '../twin/sandbox/small-world.ts'
import { type Sandbox, startSandbox } from '../twin/sandbox/start-sandbox.ts'
import { seededRandom } from '../twin/time/seeded-random.ts'
import { joinSettings } from './join-flags.ts'
import { runJoin } from './run-join.ts'

/** Nodes that join a sandbox: it is a cluster as any other. */
async function joinSandbox(during: (sandbox: Sandbox) => Promise<void> = async () => {}) {
  const kubeconfig = join(await tempFolder(), 'config')
  const world = smallWorld({ distribution: 'k3s', version: 'v1.30.4+k3s1' })
  const sandbox = await startSandbox({ clock: systemClock, random: seededRandom(1), world })
  onTestFinished(() => sandbox.close())
  await writeKubeconfig(kubeconfig, sandboxKubeconfig(sandbox))
  const nodeNames = () => sandbox.twin.api.registry.store.list('nodes').map(({ metadata }) => metadata.name)
  const before = nodeNames()
  const stop = new AbortController()
  const said: string[] = []
  const say = (text: string) => {
    said.push(text)
    if (text.includes('joined')) void during(sandbox).finally(() => stop.abort())
  }
  const run = runJoin(joinSettings(kubeconfig, { nodes: '2', speed: '20' }), { say, signal: stop.signal })
  const error = await run.then(
    () => undefined,
    (fault: Error) => fault,
  )
  return { said, error, before, after: nodeNames() }
}

describe('falkirk sandbox --join', () => {
  it('says what has joined, and deletes it when it is stopped', async () => {
    const joined: string[] = []
    const { said, error, before, after } = await joinSandbox(async ({ twin }) => {
      joined.push(...twin.api.registry.store.list('nodes').map(({ metadata }) => metadata.name))
    })
    expect(error).toBeUndefined()
    expect(joined).toEqual(expect.arrayContaining([...before, 'twin-001', 'twin-002']))
    expect(said[0]).toMatch(
      /^\n2 nodes, twin-001 to twin-002, have joined https:\/\/127\.0\.0\.1:\d+ \(v1\.30\.4\+k3s1\) with kubelets v1\.30\.4\+k3s1\.\n/,
    )
    expect(said[1]).toBe('Deleting 2 nodes and the pods on them ...')
    expect(said.at(-1)).toMatch(/^2 nodes and \d+ pods have been deleted\.$/)
    expect(after).toEqual(before)
  })

  it('says how to delete what it could not delete itself', async () => {
    const { error } = await joinSandbox(async (sandbox) => await sandbox.close())
    expect(error).toMatchObject({ code: 'FK_API_UNREACHABLE' })
    expect(error?.message).toMatch(
      /^not all joined nodes could be deleted \(the API server .* cannot be reached: .*\): kubectl delete nodes -l twin\.falkirk\.dev\/joined does it$/,
    )
  })

  it('names the file that is not there', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    await rm(kubeconfig, { force: true })
    const run = runJoin(joinSettings(kubeconfig, { nodes: '2' }), { say: () => {}, signal: new AbortController().signal })
    await expect(run).rejects.toMatchObject({ code: 'FK_KUBECONFIG' })
  })
})

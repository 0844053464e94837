import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import { attempt } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { startProcess } from '../../rig/owned-process.ts'
import { asItIs, prepareFolderCases } from './prepare-folder-cases.ts'
import { minor as target } from './watched-cluster.ts'

const nodes = ['cp1', 'w1']

/** `falkirk prepare` on a cluster of which a later version is offered, and on no host yet. */
export function prepareCases(cluster: () => KubeadmCluster): void {
  let program: string

  beforeAll(async () => {
    program = (await build()).file
    await cluster().offer(target)
    // as if each minor had a repository of its own: the one of the target is read beside it. The rig's has all names in one folder.
    await cluster().host('w1').run(`sed -i 's# ./#/kubernetes/core:/stable:/v1.19/deb ./#' ${list}; apt-get update`)
  })

  const access = () => ['--inventory', cluster().inventory, '--kubeconfig', cluster().kubeconfig]
  const flags = () => ['prepare', '--to', target, '--nodes', nodes.join(), ...access()]
  const run = (...more: readonly string[]) => attempt(process.execPath, [program, ...flags(), ...more])

  it('lists what is needed, and touches nothing', async () => {
    const { exitCode, stdout, stderr } = await run('--list')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^cp1 +v1\.21\.14 +0 of 3 there +1 of 7 there/m)
    // its index has just been read, and tells the sizes
    expect(stdout).toMatch(/^w1 +v1\.21\.14 +0 of 3 there, \d+ MiB to come +0 of 1 there$/m)
    expect(stdout).toContain(`  kubelet=${target.slice(1)}-*\n`)
    expect((await cluster().host('w1').run('ls /var/lib/falkirk 2> /dev/null || echo nothing')).trim()).toBe('nothing')
  })

  it('killed in the middle and called again, brings each thing once, and nothing that runs notices', async () => {
    const hosts = nodes.map((name) => cluster().host(name))
    const before = await Promise.all(hosts.map((host) => host.run(asItIs)))
    const logFile = join(cluster().folder, 'prepare.log')
    const first = startProcess({ name: 'falkirk prepare', logFile, command: [process.execPath, program, ...flags(), '-o', 'json'] })
    await untilSays(logFile, 'download-packages')
    await first.stop('SIGKILL')
    const again = await run()
    expect(again, again.stdout + again.stderr).toMatchObject({ exitCode: 0 })
    expect(await Promise.all(hosts.map((host) => host.run(asItIs)))).toEqual(before)
    for (const host of hosts) {
      const begun = await host.run("awk '/started$/ { print $3 }' /var/lib/falkirk/steps.log | sort | uniq -c")
      expect(begun.trim().split(/\s+/)).toEqual(['1', 'download-packages', '1', 'find-packages', '1', 'pull-images'])
      expect(await host.run(`/var/lib/falkirk/kubeadm/${target}/kubeadm version -o short`)).toBe(`${target}\n`)
    }
  })

  it('finds all of it there afterwards', async () => {
    const { exitCode, stdout } = await run('--list')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^cp1 +v1\.21\.14 +all 3 there +all 7 there$/m)
    expect(stdout).toMatch(/^w1 +v1\.21\.14 +all 3 there +all 1 there$/m)
    const again = await run()
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/w1 +done: .*, all there before$/m) })
  })

  describe('from a folder, for a host that reaches neither repository nor registry', () =>
    prepareFolderCases(cluster, { target, base: () => [program, ...access()] }))
}

const list = '/etc/apt/sources.list.d/kubernetes.list'

async function untilSays(file: string, text: string): Promise<void> {
  const deadline = Date.now() + 120_000
  while (!readFileSync(file, 'utf8').includes(text)) {
    if (Date.now() > deadline) throw new Error(`${file} does not say ${text}: ${readFileSync(file, 'utf8').slice(-500)}`)
    await sleep(50)
  }
}

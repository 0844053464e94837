import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import { attempt } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { startProcess } from '../../rig/owned-process.ts'

const node = 'w2'
const run = 'packages-of-w2'

/** `falkirk os upgrade` on a worker whose package asks for a reboot. */
export function hostChangeCases(cluster: () => KubeadmCluster): void {
  let program: string

  beforeAll(async () => {
    program = (await build()).file
    const { repository } = cluster()
    await repository.publish('demo', '1.0')
    await cluster().host(node).run('apt-get -qq update; apt-get -qq install -y demo')
    await repository.publish('demo', '1.1', { rebootRequired: true })
  })

  const access = () => ['--inventory', cluster().inventory, '--kubeconfig', cluster().kubeconfig]
  const falkirk = (...words: readonly string[]) => attempt(process.execPath, [program, ...words])

  it('shows every command beforehand, and touches nothing', async () => {
    const { exitCode, stdout, stderr } = await falkirk('os', 'upgrade', '--nodes', node, '--dry-run', ...access())
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('apt-get -y --download-only upgrade --with-new-pkgs')
    expect(stdout).toMatch(/\[ ! -e \/run\/reboot-required \] \|\| systemctl reboot/)
    expect(await cluster().host(node).run(`dpkg-query -W -f '\${Version}' demo`)).toBe('1.0')
  })

  it('has the packages installed and the host rebooted once, through drain and uncordon, by whoever goes on after a kill', async () => {
    const host = cluster().host(node)
    const before = await host.bootId()
    const logFile = join(cluster().folder, 'os-upgrade.log')
    const words = ['os', 'upgrade', '--nodes', node, '--name', run, ...access()]
    const first = startProcess({ name: 'falkirk os upgrade', logFile, command: [process.execPath, program, ...words] })
    // which of them is told depends on when the status is written
    await untilSays(logFile, /install-packages: |reboot: |restarts, and is waited for/)
    await first.stop('SIGKILL')
    const second = startProcess({
      name: 'falkirk run',
      logFile: join(cluster().folder, 'run.log'),
      command: [process.execPath, program, 'run', ...access()],
    })
    try {
      const end = await falkirk('status', run, '-w', '--kubeconfig', cluster().kubeconfig)
      expect(end, end.stdout + end.stderr).toMatchObject({ exitCode: 0 })
    } finally {
      await second.stop('SIGTERM')
    }
    expect(await host.run(`dpkg-query -W -f '\${Version}' demo`)).toBe('1.1')
    expect(await host.bootId()).not.toBe(before)
    expect(await host.run("awk '/ reboot attempt .* started$/' /var/lib/falkirk/steps.log | wc -l")).toBe('1\n')
    const told = JSON.parse(await cluster().kubectl(['get', 'node', node, '-o', 'json']))
    expect(told.spec.unschedulable).toBeUndefined()
    expect(told.status.nodeInfo.bootID).toBe(await host.bootId())
    expect(Object.keys(told.metadata.annotations).filter((name) => name.startsWith('falkirk.dev/'))).toEqual(['falkirk.dev/os'])
  })
}

async function untilSays(file: string, text: RegExp): Promise<void> {
  for (;;) {
    const said = readFileSync(file, 'utf8')
    if (text.test(said)) return
    if (said.includes('Complete: ')) throw new Error(`it has come to its end before: ${said}`)
    await sleep(100)
  }
}

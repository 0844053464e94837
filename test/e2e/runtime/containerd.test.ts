import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RuntimeStage, runtimeStage } from './runtime-stage.ts'

let stage: RuntimeStage

beforeAll(async () => {
  stage = await runtimeStage(['trixie', 'forky'])
  const { host } = stage
  await host.run('ctr -n k8s.io images import -', { input: readFileSync(await stage.image()) })
  await host.run('ctr -n k8s.io run -d docker.io/library/busybox:1 lasting /bin/sh -c "while :; do sleep 1; done"')
})

afterAll(async () => {
  await stage?.down()
})

const complete = { kind: 'Complete' }

describe('containerd of a host, by packages over SSH', () => {
  it.each([
    { release: 'trixie', from: '1.6.20' },
    { release: 'forky', from: '1.7' },
  ])('goes from $from to that of $release under a stopped kubelet; a container runs on', async ({ release }) => {
    const { host, run } = stage
    const version = stage.versions.get(release) ?? ''
    await host.run('apt-mark hold containerd')
    const before = await host.run('ctr -n k8s.io tasks ls; systemctl show -p MainPID kubelet')
    const order = { run: release, version: 'v1.26.2', runtime: { name: 'containerd', version } } as const

    expect(await run({ ...order, step: 'Stage' })).toMatchObject({ end: complete })
    expect(await host.run('ctr -n k8s.io tasks ls; systemctl show -p MainPID kubelet')).toBe(before)

    expect(await run(order)).toMatchObject({ end: complete })
    expect(await host.run('containerd --version')).toContain(` ${version}`)
    expect(await host.run('readlink /proc/$(systemctl show --value -p MainPID containerd)/exe')).toBe('/usr/bin/containerd\n')
    expect(await host.run('systemctl is-active containerd kubelet; apt-mark showhold')).toBe('active\nactive\ncontainerd\n')
    // the same process as before, and no other
    expect(await host.run('ctr -n k8s.io tasks ls')).toBe(before.split('MainPID')[0])
    // asked again: nothing is left to do
    expect(await run(order)).toEqual({ end: complete, said: [] })
  })

  it('2.x has its file in its own words, with what was set before, and the one before is kept', async () => {
    const { host } = stage
    const config = await host.run('cat /etc/containerd/config.toml')
    expect(config).toMatch(/^version = 3$/m)
    for (const line of [
      /sandbox = 'k8s\.gcr\.io\/pause:3\.2'/,
      /restrict_oom_score_adj = true/,
      /config_path = '\/etc\/containerd\/certs\.d'/,
      /bin_dirs = \['\/usr\/lib\/cni'\]/,
    ])
      expect(config).toMatch(line)
    expect(await host.run('cat /var/lib/falkirk/runtime/*/kept/etc/containerd/config.toml')).toContain('\nversion = 2\n'.trimStart())
  })

  it('is not taken back, and a version that no repository has is said before the drain', async () => {
    const { run } = stage
    await expect(run({ runtime: { name: 'containerd', version: '1.7.24' } })).rejects.toThrow(
      /is there, and is never taken back to 1\.7\.24/,
    )
    expect(await run({ step: 'Stage', runtime: { name: 'containerd', version: '2.99.0' } })).toMatchObject({
      end: {
        kind: 'Failed',
        message: 'fetch-containerd failed: no repository of this host has containerd 2.99.0: name one that has it, or another version',
      },
    })
  })
})

import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempt } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { kubeadmPackages } from '../../rig/kubeadm/kubeadm-packages.ts'
import { killedCase } from './killed-case.ts'
import { before } from './watched-cluster.ts'

/** Files that are somebody's own, what is known of repositories that are the host's own, holds, and the kubelet's process. */
export const asItIs =
  'find /etc -type f -exec md5sum {} + | sort | md5sum; ls /var/lib/apt/lists | grep -c v1.20; apt-mark showhold; kubelet --version; pgrep -x kubelet'

const apart = 'w2'

interface FolderCases {
  readonly target: string
  /** The program, and how it reaches the cluster and its hosts. */
  base(): readonly string[]
}

/** `falkirk prepare --from-folder` for a host that is cut off but for SSH and the API server. Its images are on `w1`. */
export function prepareFolderCases(cluster: () => KubeadmCluster, { target, base }: FolderCases): void {
  const image = `k8s.gcr.io/kube-proxy:${target}`
  const archive = `k8s.gcr.io_kube-proxy_${target}.tar`
  let folder: string

  beforeAll(async () => {
    folder = join(cluster().folder, 'media')
    mkdirSync(folder)
    await cutOff(cluster(), '-I')
  })
  afterAll(() => cutOff(cluster(), '-D'))

  const prepare = (...words: readonly string[]) => {
    const [program = '', ...access] = base()
    return attempt(process.execPath, [program, 'prepare', '--to', target, '--nodes', apart, '--from-folder', folder, ...access, ...words])
  }

  it('names each file that the folder lacks, and copies nothing', async () => {
    const { exitCode, stderr } = await prepare()
    const packages = ['kubeadm', 'kubectl', 'kubelet'].map((name) => `${name}_${target.slice(1)}-*_amd64.deb`)
    const missing = [archive, ...packages]
    expect(stderr.trim()).toBe(`FK_UPGRADE_REFUSED: ${folder} lacks ${missing.join(', ')}: bring them there; nothing was copied`)
    expect(exitCode).toBe(2)
    const { stdout } = await prepare('--list')
    for (const file of missing) expect(stdout).toMatch(new RegExp(`^ {2}${file.replaceAll(/[.*]/g, '\\$&')} +missing$`, 'm'))
    expect((await cluster().host(apart).run('ls /var/lib/falkirk 2> /dev/null || echo nothing')).trim()).toBe('nothing')
  })

  it('refuses a file that is not what SHA256SUMS beside it says', async () => {
    for (const file of await kubeadmPackages(target)) copyFileSync(file, join(folder, basename(file)))
    const source = cluster().host('w1')
    await source.run(`ctr --namespace k8s.io images export /root/proxy.tar ${image}`)
    copyFileSync(source.fileOnMachine('/root/proxy.tar'), join(folder, archive))
    writeFileSync(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ${archive}\n`)
    const { exitCode, stderr } = await prepare()
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${archive} has the wrong checksum`) })
    writeFileSync(join(folder, 'SHA256SUMS'), `${digestOf(join(folder, archive))}  ${archive}\n`)
  })

  it('brings packages and images, and a second call nothing', async () => {
    const asItWas = await cluster().host(apart).run(asItIs)
    const first = await prepare()
    expect(first, first.stdout + first.stderr).toMatchObject({ exitCode: 0 })
    expect(await cluster().host(apart).run(asItIs)).toBe(asItWas)
    expect((await prepare()).stdout).toMatch(/w2 +done: v[\d.]+: 3 packages \(\d+ MiB\), 1 image.*, all there before$/m)
    expect((await prepare('--list')).stdout).toContain('is needed any more')
  })

  describe('by which falkirk upgrade --via ssh installs later, while the host is still apart', () =>
    killedCase(cluster, { path: [before, target] }))
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** Repository and registry alone: the API server is behind the same address. `-I` or `-D`. */
async function cutOff({ host, registry, repository }: KubeadmCluster, verb: string): Promise<void> {
  const urls = [registry.url, repository.url].map((url) => new URL(url))
  const rules = urls.map(({ hostname, port }) => `iptables ${verb} OUTPUT -p tcp -d ${hostname} --dport ${port} -j REJECT`)
  await host(apart).run(`set -e\n${rules.join('\n')}`)
}

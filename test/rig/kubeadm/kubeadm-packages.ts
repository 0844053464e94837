import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command } from '../command.ts'
import { type KubeadmPrograms, kubeadmPrograms } from './kubeadm-programs.ts'

/** Of the package, for a version of Kubernetes: `1.20.2-00`, as Kubernetes' own packages of that time had it. */
export function packageVersion(version: string): string {
  return `${version.slice(1)}-00`
}

interface DebianPackage {
  readonly name: string
  readonly version: string
  readonly depends?: string
  /** By path in the package: content, or the file on this machine that is copied. */
  readonly files: Readonly<Record<string, { content: string; mode?: number } | { source: string }>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly conffiles?: readonly string[]
}

/** Paths of kubelet, kubeadm, kubectl and cri-tools as .deb, with the names, units and habits of Kubernetes' own; kept in the rig's cache. */
export async function kubeadmPackages(version: string): Promise<string[]> {
  const programs = await kubeadmPrograms(version)
  const key = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 12)
  const folder = join(programs.cache, 'packages', key)
  return await Promise.all(packagesOf(programs).map((one) => built(one, folder)))
}

function packagesOf({ version, components, tools }: KubeadmPrograms): DebianPackage[] {
  const own = packageVersion(version)
  return [
    { name: 'kubectl', version: own, files: { 'usr/bin/kubectl': { source: tools } } },
    {
      name: 'kubelet',
      version: own,
      depends: 'iptables (>= 1.4.21), iproute2, socat, util-linux, mount, ethtool, conntrack',
      files: { 'usr/bin/kubelet': { source: components }, 'lib/systemd/system/kubelet.service': { content: kubeletUnit } },
      scripts: {
        postinst: 'if [ "$1" = configure ]; then systemctl daemon-reload; systemctl enable -q kubelet; systemctl restart kubelet; fi',
        prerm: 'if [ "$1" = remove ]; then systemctl disable -q --now kubelet; fi',
      },
    },
    {
      name: 'kubeadm',
      version: own,
      depends: 'kubelet (>= 1.13.0), kubectl (>= 1.13.0), cri-tools (>= 1.13.0)',
      files: { 'usr/bin/kubeadm': { source: tools }, 'etc/systemd/system/kubelet.service.d/10-kubeadm.conf': { content: kubeadmDropIn } },
      conffiles: ['/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'],
      scripts: { postinst: 'if [ "$1" = configure ]; then systemctl daemon-reload; systemctl restart kubelet || true; fi' },
    },
    { name: 'cri-tools', version: '1.13.0-01', files: { 'usr/bin/crictl': { source: tools } } },
  ]
}

async function built(one: DebianPackage, folder: string): Promise<string> {
  const out = join(folder, `${one.name}_${one.version}_amd64.deb`)
  if (existsSync(out)) return out
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(folder, `.${one.name}-`))
  try {
    const root = join(work, 'root')
    layOut(root, one)
    await command('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, join(work, 'made.deb')])
    renameSync(join(work, 'made.deb'), out)
    return out
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function layOut(root: string, { name, version, depends, files, scripts = {}, conffiles = [] }: DebianPackage): void {
  const fields = {
    Package: name,
    Version: version,
    Architecture: 'amd64',
    Maintainer: 'rig <rig@localhost>',
    ...(depends === undefined ? {} : { Depends: depends }),
    Description: `${name}, built for the rig`,
  }
  const control = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`)
  put(root, 'DEBIAN/control', { content: control.join('') })
  for (const [script, body] of Object.entries(scripts))
    put(root, `DEBIAN/${script}`, { content: `#!/bin/sh\nset -e\n${body}\n`, mode: 0o755 })
  if (conffiles.length > 0) put(root, 'DEBIAN/conffiles', { content: conffiles.map((path) => `${path}\n`).join('') })
  for (const [path, file] of Object.entries(files)) put(root, path, file)
}

function put(root: string, path: string, file: DebianPackage['files'][string]): void {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  if ('source' in file) copyFileSync(file.source, target)
  else writeFileSync(target, file.content, { mode: file.mode ?? 0o644 })
}

const kubeletUnit = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/home/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`

const kubeadmDropIn = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

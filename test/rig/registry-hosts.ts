import type { HostFile } from './host-file.ts'

/** containerd's setting that this registry takes the place of every registry there is. */
export function registryHostsFile(url: string): HostFile {
  // `server` keeps the runtime from asking the real one when an image is not there
  const content = `server = "${url}"\n\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`
  return { path: '/etc/containerd/certs.d/_default/hosts.toml', content }
}

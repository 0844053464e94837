/** A registry as docker was told to reach it, for containerd's `hosts.toml`. */
export interface RegistryHost {
  /** As images name it: `docker.io`, `registry.example:5000`. */
  readonly registry: string
  /** What is asked when no host answers. */
  readonly server: string
  /** URL of who is asked first. */
  readonly url: string
  readonly verify: boolean
}

export type DockerRegistries =
  | { readonly kind: 'Registries'; readonly hosts: readonly RegistryHost[] }
  /** One sentence with the fix. */
  | { readonly kind: 'Refused'; readonly message: string }

const dockerHub = 'https://registry-1.docker.io'

/**
 * Mirrors and insecure registries of docker: of its `daemon.json`, by its lines, and of the command line of dockerd, the program first. Passwords are in neither (docker refuses
 * them there): the kubelet has its own, and gives them to any runtime. Source: dockerd(8), "registry-mirrors" and "insecure-registries", which are
 * flags in the singular; containerd, docs/hosts.md.
 */
export function dockerRegistries(lines: readonly string[], command: readonly string[] = []): DockerRegistries {
  const settings = lines.length === 0 ? {} : parsed(lines.join('\n'))
  if (settings === undefined) {
    return refused(
      '/etc/docker/daemon.json cannot be read as JSON: mend it, or carry its registries over to /etc/containerd/certs.d yourself',
    )
  }
  const inFile = registriesOf(textsOf(settings['registry-mirrors']), textsOf(settings['insecure-registries']))
  const byFlags = registriesOf(flagValues(command, '--registry-mirror'), flagValues(command, '--insecure-registry'))
  const bad = [
    ...inFile.bad.map((name) => `/etc/docker/daemon.json names ${name}`),
    ...byFlags.bad.map((name) => `dockerd is started with ${name}`),
  ]
  if (bad.length > 0)
    return refused(`${bad[0]}, which containerd has no word for: name each registry, as registry.example:5000, and begin again`)
  return { kind: 'Registries', hosts: [...inFile.hosts, ...byFlags.hosts] }
}

function registriesOf(
  mirrors: readonly string[],
  insecure: readonly string[],
): { readonly hosts: readonly RegistryHost[]; readonly bad: readonly string[] } {
  return {
    hosts: [...mirrors.flatMap((url) => mirrorHost(url) ?? []), ...insecure.filter(isRegistry).flatMap(insecureHosts)],
    bad: [...mirrors.filter((url) => mirrorHost(url) === undefined), ...insecure.filter((name) => !isRegistry(name) && !isLoopback(name))],
  }
}

/** `--flag VALUE` and `--flag=VALUE`, as often as it is there; a list of values stands between commas. */
function flagValues(command: readonly string[], flag: string): readonly string[] {
  const values = command.flatMap((word, at) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)]
    return word === flag ? [command[at + 1] ?? ''] : []
  })
  return values.flatMap((value) => value.split(',')).map((value) => value.replaceAll(/^["']|["']$/g, ''))
}

function mirrorHost(text: string): RegistryHost | undefined {
  const isUrl = /^https?:\/\/[\w.:-]+(\/[\w./-]*)?$/.test(text)
  return isUrl ? { registry: 'docker.io', server: dockerHub, url: text.replace(/\/$/, ''), verify: true } : undefined
}

/** docker tries HTTPS without looking at the certificate, then HTTP. */
function insecureHosts(registry: string): readonly RegistryHost[] {
  const common = { registry, server: `https://${registry}` }
  return [
    { ...common, url: `https://${registry}`, verify: false },
    { ...common, url: `http://${registry}`, verify: true },
  ]
}

function isRegistry(text: string): boolean {
  return /^[\w-]+(\.[\w-]+)*(:\d{1,5})?$/.test(text)
}

/** docker's own; containerd asks this host by HTTP as well. */
function isLoopback(text: string): boolean {
  return /^(127\.0\.0\.0\/8|::1\/128)$/.test(text)
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function refused(message: string): DockerRegistries {
  return { kind: 'Refused', message }
}

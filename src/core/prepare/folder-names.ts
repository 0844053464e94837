import type { HostFacts } from '../host/host-facts.ts'
import { architectureOf } from '../recipe/release-files.ts'

type PackageManager = NonNullable<HostFacts['packages']['manager']>

/** Debian's names of architectures, where they are not those of Kubernetes. */
const debian: Readonly<Record<string, string>> = { arm: 'armhf' }

/**
 * The name of a package's file as repositories have it, with `*` for the number of its build: `kubeadm_1.34.2-*_amd64.deb`, `kubeadm-1.34.2-*.x86_64.rpm`.
 * `plain`: the version without `v`; `machine`: what `uname -m` says. Source: pkgs.k8s.io, `apt-get download`, `dnf download`.
 */
export function packageFile(manager: PackageManager, { name, plain, machine = 'x86_64' }: PackagePlace): string {
  if (manager !== 'apt-get') return `${name}-${plain}-*.${machine}.rpm`
  const architecture = architectureOf(machine) ?? 'amd64'
  return `${name}_${plain}-*_${debian[architecture] ?? architecture}.deb`
}

interface PackagePlace {
  readonly name: string
  readonly plain: string
  readonly machine?: string | undefined
}

/** The name of an image's archive in a folder: that of the image, with what no file name has written as `_`. */
export function imageFile(image: string): string {
  return `${image.replaceAll(/[/:@]/g, '_')}.tar`
}

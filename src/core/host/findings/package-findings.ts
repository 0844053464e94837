import { blocks, type Finding, type HostView, note, risk } from '../finding.ts'

const kubernetesPackages = /^(kubelet|kubeadm|kubectl|kubernetes-cni|cri-tools|kube\*|\*)/
const runtimePackages = /^(containerd|docker|moby|cri-o|runc)/

/** What the package manager has in store: locks, halves, holds, repositories. */
export function packageFindings(view: HostView): readonly Finding[] {
  return [...lockFindings(view), ...brokenFindings(view), ...holdFindings(view), ...repositoryFindings(view), ...ownerFindings(view)]
}

function lockFindings({ facts: { packages } }: HostView): readonly Finding[] {
  const { lock } = packages
  if (lock === undefined) return []
  const who = lock.program === undefined ? `process ${lock.pid}` : `${lock.program} (process ${lock.pid})`
  return [risk('package-lock', `${who} holds the lock of the package manager (${lock.file})`, 'wait until it has ended')]
}

function brokenFindings({ facts: { packages } }: HostView): readonly Finding[] {
  if (packages.broken.length === 0) return []
  const more = packages.broken.length > 3 ? ` and ${packages.broken.length - 3} more` : ''
  const message = `${packages.broken.slice(0, 3).join(', ')}${more}: apt-get installs nothing before that is mended`
  return [blocks('package-broken', message, 'dpkg --configure -a, then apt-get -f install')]
}

function holdFindings({ facts: { packages } }: HostView): readonly Finding[] {
  const byHolder = new Map<string, string[]>()
  for (const { name, by } of packages.holds) {
    if (!kubernetesPackages.test(name) && !runtimePackages.test(name)) continue
    byHolder.set(by, [...(byHolder.get(by) ?? []), name])
  }
  return [...byHolder].map(([by, names]) => {
    const verb = names.length === 1 ? 'is' : 'are'
    const fix = by.startsWith('/')
      ? 'a pin wins over a version that is asked for: take it out of that file'
      : 'it has to be let go for the step that installs it, and held again'
    return by.startsWith('/')
      ? risk('package-hold', `${names.join(', ')} ${verb} pinned by ${by}`, fix)
      : note('package-hold', `${names.join(', ')} ${verb} held by ${by}`, fix)
  })
}

/** Source: kubernetes.io, "pkgs.k8s.io: Introducing Kubernetes Community-Owned Package Repositories", and the end of the legacy ones on 2024-03-04. */
const legacy = /apt\.kubernetes\.io|yum\.kubernetes\.io|packages\.cloud\.google\.com/

function repositoryFindings({ facts: { packages }, layout, target }: HostView): readonly Finding[] {
  if (layout.owner?.kind !== 'Package' || layout.distribution === 'k3s' || layout.distribution === 'rke2') return []
  const ofKubernetes = packages.repositories.filter(({ source }) => /kube|k8s/i.test(source))
  const old = ofKubernetes.find(({ source }) => legacy.test(source))
  const minors = ofKubernetes.flatMap(({ source }) => /\/v1\.(\d{1,3})\//.exec(source)?.[1] ?? []).map(Number)
  if (old !== undefined && minors.length === 0) {
    const judge = target === undefined ? risk : blocks
    return [
      judge(
        'repository',
        `${old.file} names a repository that was switched off on 2024-03-04`,
        'name pkgs.k8s.io (v1.24 and newer), or a mirror',
      ),
    ]
  }
  if (target === undefined) return []
  if (ofKubernetes.length === 0) {
    const fix = `a mirror may have ${target.text} under another name: packages are looked for before anything is disturbed`
    return [note('repository', 'no repository of this host is named as one of Kubernetes', fix)]
  }
  if (minors.length === 0 || minors.includes(target.minor)) return []
  const file = ofKubernetes.find(({ source }) => /\/v1\.\d/.test(source))?.file
  return [
    note(
      'repository',
      `${file} names the repository of v1.${Math.max(...minors)}`,
      'each minor has its own: it has to be changed hop by hop',
    ),
  ]
}

/** Somebody has put a file where a package is installed too, or the file of a package elsewhere. */
function ownerFindings({ facts: { packages }, layout }: HostView): readonly Finding[] {
  if (layout.owner?.kind !== 'File' || layout.binary === undefined) return []
  const also = packages.installed.find(({ name }) => name === 'kubelet')
  if (also === undefined) return []
  const message = `the kubelet that runs is ${layout.binary}, which belongs to no package, and the package kubelet ${also.version ?? ''} is installed as well`
  return [risk('two-kubelets', message, 'remove one of them: an upgrade of packages would change nothing that runs')]
}

import { expect, it } from 'vitest'
import { kubeadmAhead } from '../recipe/kubeadm/kubeadm-recipe.ts'
import { nodeFacts } from '../recipe/kubeadm/node-facts.test-support.ts'
import { prepareOrder } from './hop-needs.ts'

const managers = ['apt-get', 'dnf', 'zypper'] as const

function commands(manager: (typeof managers)[number], repository?: string): string {
  const look = { name: 'w1', role: 'Worker', version: 'v1.30.14', manager } as const
  const facts = nodeFacts({ ...look, ...(repository === undefined ? {} : { repository }) })
  const answer = kubeadmAhead(prepareOrder('w1', 'v1.32.13', false), facts)
  return answer.kind === 'Refused' ? answer.message : answer.recipe.steps.flatMap((step) => step.commands ?? []).join('\n')
}

it('by apt-get another repository is told by a file of settings, which no command shows', () => {
  const repository = 'https://pkgs.k8s.io/core:/stable:/v1.30/deb/ /'
  expect(commands('apt-get', repository)).toBe(`apt-get update
apt-cache madison kubeadm kubelet kubectl
apt-get install -y --download-only --allow-change-held-packages 'kubeadm=1.32.13-*' 'kubelet=1.32.13-*' 'kubectl=1.32.13-*'
apt-get download 'kubeadm=1.32.13-*'
dpkg-deb -x kubeadm_*.deb /var/lib/falkirk/kubeadm/v1.32.13
crictl --runtime-endpoint unix:///run/containerd/containerd.sock pull registry.k8s.io/kube-proxy:v1.32.13`)
  expect(commands('apt-get')).toBe(commands('apt-get', repository))
})

it('by dnf and zypper options name it, and packages are kept where they are looked for without them', () => {
  const repository = 'https://pkgs.k8s.io/core:/stable:/v1.30/rpm/'
  const folder = '/var/lib/falkirk/prepare'
  const [dnf, zypper] = [commands('dnf', repository).split('\n'), commands('zypper', repository).split('\n')]
  const ofDnf = `--setopt=reposdir=${folder}/sources --setopt=keepcache=1`
  expect(dnf.slice(0, 3)).toEqual([
    `dnf makecache ${ofDnf}`,
    `dnf list --showduplicates kubeadm kubelet kubectl --disableexcludes=kubernetes ${ofDnf}`,
    `dnf install -y --disableexcludes=kubernetes ${ofDnf} --downloadonly 'kubeadm-1.32.13-*' 'kubelet-1.32.13-*' 'kubectl-1.32.13-*'`,
  ])
  const ofZypper = `--reposd-dir ${folder}/sources --raw-cache-dir ${folder}/raw --solv-cache-dir ${folder}/solv`
  expect(zypper.slice(0, 3)).toEqual([
    `zypper --non-interactive ${ofZypper} refresh`,
    `zypper ${ofZypper} search --details --match-exact --type package kubeadm kubelet kubectl`,
    `zypper --non-interactive ${ofZypper} install --oldpackage --download-only kubeadm=1.32.13 kubelet=1.32.13 kubectl=1.32.13`,
  ])
})

it('on one repository for all minors nothing is laid aside', () => {
  for (const manager of managers) expect(commands(manager)).not.toContain('/var/lib/falkirk/prepare')
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../../host/host-facts.ts'
import { shellAssignments } from '../shell-quote.ts'
import { kubeletEdit } from './kubelet-edit.ts'
import { flagFunctions } from './scripts/switch-runtime.ts'

const endpoint = '--container-runtime-endpoint=unix:///run/containerd/containerd.sock'

describe("the kubelet's flags with containerd", () => {
  it.each([
    {
      what: 'kubeadm',
      minor: 21,
      before: 'KUBELET_KUBEADM_ARGS="--cgroup-driver=cgroupfs --network-plugin=cni --pod-infra-container-image=k8s.gcr.io/pause:3.4.1"\n',
      after: `KUBELET_KUBEADM_ARGS="--container-runtime=remote ${endpoint} --cgroup-driver=systemd --pod-infra-container-image=k8s.gcr.io/pause:3.4.1"\n`,
    },
    {
      what: 'kubeadm, without quotes and without a driver',
      minor: 23,
      before: 'KUBELET_KUBEADM_ARGS=--network-plugin cni --node-ip=10.0.0.8\n',
      after: `KUBELET_KUBEADM_ARGS=--container-runtime=remote ${endpoint} --node-ip=10.0.0.8\n`,
    },
    {
      what: 'a file of kubespray, a flag a line',
      minor: 19,
      before:
        'KUBE_LOGTOSTDERR="--logtostderr=true"\nKUBELET_ARGS="--config=/etc/kubernetes/kubelet.yaml \\\n--network-plugin=cni \\\n--cgroup-driver=cgroupfs \\\n--v=2"\nPATH=/bin\n',
      after: `KUBE_LOGTOSTDERR="--logtostderr=true"\nKUBELET_ARGS="--container-runtime=remote ${endpoint} --cgroup-driver=systemd --config=/etc/kubernetes/kubelet.yaml \\\n--v=2"\nPATH=/bin\n`,
    },
    {
      what: 'a kubelet that knows one kind of runtime alone',
      minor: 27,
      before: 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/cri-dockerd.sock"\n',
      after: `KUBELET_KUBEADM_ARGS="${endpoint}"\n`,
    },
  ])('$what', ({ minor, before, after }) => {
    const edit = kubeletEdit(withFlags(before), minor)
    if (edit.kind === 'Refused') throw new Error(edit.message)
    expect(newFlags(before, edit)).toBe(after)
  })
})

function newFlags(text: string, edit: Extract<ReturnType<typeof kubeletEdit>, { kind: 'Edit' }>): string {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-flags-'))
  try {
    const file = join(folder, 'flags')
    writeFileSync(file, text)
    const values = {
      flags_file: edit.file,
      flags_variable: edit.variable,
      remove_flags: edit.remove.join(' '),
      add_flags: edit.add.join(' '),
      socket: '',
    }
    const script = `${shellAssignments(values)}${flagFunctions}\nnew_flags "$1" ${edit.file}`
    return execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' }).replace(/="(--.*) "\n$/, '="$1"\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function withFlags(text: string): HostFacts {
  const url = new URL('../../host/testdata/kubeadm-docker.facts.json', import.meta.url)
  const found = parseHostFacts(JSON.stringify(JSON.parse(readFileSync(url, 'utf8'))))
  if (found.kind === 'Refused') throw new Error(found.message)
  const { kubelet } = found.facts
  return {
    ...found.facts,
    kubelet: { ...kubelet, arguments: [], environment: [{ path: '/etc/flags', lines: text.trimEnd().split('\n') }] },
  }
}

import type { HostFacts } from '../../host/host-facts.ts'
import { kubeletSettings } from '../../host/kubelet-settings.ts'
import type { RunStep } from '../recipe-step.ts'
import { configProblem, containerdSettings } from './containerd-settings.ts'
import { dockerDisk } from './docker-disk.ts'
import { dockerRegistries } from './docker-settings.ts'
import { isOnDocker } from './facts-after-runtime.ts'
import { containerdSocket, kubeletEdit } from './kubelet-edit.ts'
import type { RuntimeOrder, RuntimeSteps } from './runtime-order.ts'
import { copyImagesScript } from './scripts/docker-images.ts'
import { reformatDiskScript } from './scripts/reformat-disk.ts'
import { annotateNodeScript, restoreDockerScript, switchRuntimeScript } from './scripts/switch-runtime.ts'
import type { MakeStep } from './step-maker.ts'

export const switchScripts = [copyImagesScript, reformatDiskScript, switchRuntimeScript, annotateNodeScript, restoreDockerScript]

const copyLimit = 3_600
const switchLimit = 1_800

/** The last minor whose kubelet has docker in it. */
const lastWithDocker = 23

/**
 * From docker to containerd. What is decided here: which flags the kubelet has afterwards, what containerd's file says, which registries it asks. Passwords
 * stay on the host.
 *
 * @param minor of the kubelet that is there
 */
export function switchSteps(order: RuntimeOrder, facts: HostFacts, minor: number, make: MakeStep): RuntimeSteps {
  const values = switchValues(order, facts, minor)
  if (values.kind === 'Refused') return values
  const disk = dockerDisk(order, facts, make)
  if (disk.kind === 'Refused') return disk
  const parameters = { ...values.parameters, ...(disk.kind === 'Stays' ? {} : disk.parameters) }
  const copy = make({
    name: 'copy-images',
    does: "copies the images of docker's pods to containerd",
    disturbs: false,
    script: copyImagesScript,
    commands: ['docker save IMAGES -o images.tar', 'ctr -n k8s.io images import images.tar'],
    parameters,
    limitSeconds: copyLimit,
  })
  if (order.step === 'Stage') return { kind: 'Steps', steps: [copy] }
  const steps: readonly RunStep[] = [
    copy,
    ...(disk.kind === 'Stays' ? [] : [disk.step]),
    make({
      name: 'switch-runtime',
      does: 'stops the kubelet and docker, sets up containerd, and starts the kubelet with it',
      disturbs: true,
      script: switchRuntimeScript,
      commands: switchCommands(parameters),
      parameters,
      limitSeconds: switchLimit,
    }),
    annotateStep(order, parameters, make),
  ]
  if (minor > lastWithDocker) return { kind: 'Steps', steps }
  const undo = make({
    name: 'restore-docker',
    does: 'puts docker and the flags of the kubelet back',
    disturbs: true,
    script: restoreDockerScript,
    parameters,
    limitSeconds: switchLimit,
  })
  return { kind: 'Steps', steps, undo }
}

function annotateStep({ node }: RuntimeOrder, parameters: Readonly<Record<string, string>>, make: MakeStep): RunStep {
  return make({
    name: 'annotate-node',
    does: 'tells kubeadm by the node which runtime it has',
    disturbs: false,
    script: annotateNodeScript,
    commands: [`kubectl annotate node ${node} --overwrite kubeadm.alpha.kubernetes.io/cri-socket=${containerdSocket}`],
    parameters,
    limitSeconds: switchLimit,
  })
}

/** In the order in which it is done by hand. */
function switchCommands({ flags_file: file, remove_flags: out, add_flags: into }: Readonly<Record<string, string>>): readonly string[] {
  return [
    'systemctl stop kubelet',
    'docker stop CONTAINERS && docker rm CONTAINERS',
    'systemctl disable --now docker.service docker.socket',
    'vi /etc/containerd/config.toml',
    'systemctl enable containerd && systemctl restart containerd',
    `vi ${file}    # take out: ${out}; put in: ${into}`,
    'systemctl start kubelet',
  ]
}

type SwitchValues =
  | { readonly kind: 'Values'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'Refused'; readonly message: string }

function switchValues({ node }: RuntimeOrder, facts: HostFacts, minor: number): SwitchValues {
  const settings = kubeletSettings(facts)
  const problem = isOnDocker(facts) ? (networkProblem(facts) ?? configProblem(facts.runtime.config)) : undefined
  if (problem !== undefined) return { kind: 'Refused', message: problem }
  const edit = kubeletEdit(facts, minor)
  if (edit.kind === 'Refused') return edit
  const registries = dockerRegistries(facts.runtime.dockerConfig, facts.runtime.dockerArguments)
  if (registries.kind === 'Refused') return registries
  const sandboxImage = settings.flag('pod-infra-container-image')
  const containerd = containerdSettings(facts, {
    cgroupDriver: edit.cgroupDriver,
    ...(sandboxImage === undefined ? {} : { sandboxImage }),
    cniFolder: settings.flag('cni-bin-dir') ?? '/opt/cni/bin',
    cniConfig: settings.flag('cni-conf-dir') ?? '/etc/cni/net.d',
  })
  return {
    kind: 'Values',
    parameters: {
      node,
      socket: containerdSocket,
      disk: '',
      docker_root: facts.runtime.dockerRoot ?? '/var/lib/docker',
      settings: containerd.map(({ table, key, value }) => `${table}\t${key}\t${value}`).join('\n'),
      registries: registries.hosts
        .map(({ registry, server, url, verify }) => `${registry} ${server} ${url} ${verify ? 'yes' : 'no'}`)
        .join('\n'),
      flag_files: edit.files.join(' '),
      flags_file: edit.file,
      flags_variable: edit.variable,
      remove_flags: edit.remove.join(' '),
      add_flags: edit.add.join(' '),
    },
  }
}

/** Without a plugin docker makes the pods' network itself; containerd does not. */
function networkProblem(facts: HostFacts): string | undefined {
  const plugin = kubeletSettings(facts).flag('network-plugin') ?? ''
  if (plugin !== 'cni') {
    const what = plugin === '' ? "docker's own" : plugin
    return `the network of this host's pods is ${what}, which containerd does not have: set up a CNI plugin first (--network-plugin=cni)`
  }
  if (facts.runtime.cni.length > 0) return undefined
  return 'this host has no configuration of a CNI plugin in /etc/cni/net.d, and containerd needs one: set up the pod network first'
}

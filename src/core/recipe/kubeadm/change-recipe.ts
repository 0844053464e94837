import type { RecipeStep, RunStep } from '../recipe-step.ts'
import { handOver, reconnectKubelet, takeOver } from './hand-over.ts'
import { kubeadmVerb, planOptions, shownCommand, upgradeOptions } from './kubeadm-commands.ts'
import type { KubeadmNode } from './kubeadm-node.ts'
import { backedUpFiles, ownApi, readyPath, removedSettings, settingFiles } from './node-parameters.ts'
import { packageCommands } from './package-commands.ts'
import { bringSteps, replaceSteps } from './program-steps.ts'
import {
  backUpScript,
  checkPlanScript,
  installKubeadmScript,
  installKubeletScript,
  moveLeaderScript,
  restartKubeletScript,
  rewriteSettingsScript,
  untilServes,
  upgradeNodeScript,
  verifyControlPlaneScript,
} from './scripts/change-steps.ts'
import { etcdLibrary } from './scripts/etcd-library.ts'
import { handOverLibrary } from './scripts/hand-over-steps.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { packageLibrary } from './scripts/package-library.ts'
import { takeBackScript } from './scripts/undo-step.ts'

/** Seconds: kubeadm waits five minutes for each static pod, and for etcd longer. */
const upgradeLimit = 2_400
const installLimit = 1_200
const shortLimit = 600

const askMembers = 'etcdctl endpoint health --cluster'

type Parameters = Readonly<Record<string, string>>

/** What brings a drained node to the target, in the order of kubernetes.io's "Upgrading kubeadm clusters"; the kubelet last, as its files are written by kubeadm. */
export function changeSteps(node: KubeadmNode, parameters: Parameters): readonly RecipeStep[] {
  return [
    backUp(node, parameters),
    ...bringSteps(node, parameters),
    ...newKubeadm(node, parameters),
    ...(node.order.part === 'FirstControlPlane' ? [checkPlan(node, parameters)] : []),
    ...(node.layout.etcd?.kind === 'Stacked' ? [moveLeader(parameters)] : []),
    ...handOver(node, parameters),
    ...reconnectKubelet(node, parameters),
    upgradeNode(node, parameters),
    ...rewriteSettings(node, parameters),
    ...newKubelet(node, parameters),
    restartKubelet(node, parameters),
    ...(node.isControlPlane ? [verifyControlPlane(node, parameters)] : []),
    ...takeOver(node, parameters),
  ]
}

/** Files, packages and the kubelet as they were before. */
export function takeBack(parameters: Parameters): RunStep {
  return {
    kind: 'Run',
    name: 'take-back',
    does: 'puts manifests, files, packages and kubelet back as they were',
    disturbs: true,
    script: `${kubeadmLibrary}${packageLibrary}${handOverLibrary}${takeBackScript}`,
    parameters,
    limitSeconds: installLimit,
  }
}

function backUp(node: KubeadmNode, parameters: Parameters): RunStep {
  const folder = `/var/lib/falkirk/backup/${parameters['change']}`
  const maps = `kubectl --kubeconfig=/etc/kubernetes/admin.conf -n kube-system get configmaps -o yaml > ${folder}/configmaps.yaml`
  return {
    kind: 'Run',
    name: 'back-up',
    does: `keeps the files of kubelet and kubeadm in ${folder}`,
    disturbs: false,
    limitSeconds: shortLimit,
    commands: [
      shownCommand('tar', '-C', '/', '--exclude=etc/kubernetes/tmp', '-czf', `${folder}/files.tar.gz`, ...backedUpFiles(node)),
      ...(node.order.part === 'FirstControlPlane' ? [maps] : []),
      ...(parameters['keeps_etcd'] === 'yes' ? [`etcdctl snapshot save ${folder}/etcd.db`] : []),
    ],
    script: `${kubeadmLibrary}${packageLibrary}${etcdLibrary}${backUpScript}`,
    parameters,
  }
}

function newKubeadm(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  const { source, target } = node
  if (source.kind === 'Files') return replaceSteps(node, ['kubeadm'], parameters)
  return [
    {
      kind: 'Run',
      name: 'install-kubeadm',
      does: `installs kubeadm ${target.text.slice(1)}`,
      disturbs: false,
      limitSeconds: installLimit,
      commands: packageCommands(source, target.text.slice(1)).change(['kubeadm']),
      script: `${kubeadmLibrary}${packageLibrary}${installKubeadmScript}`,
      parameters,
    },
  ]
}

function newKubelet(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  const { source, target } = node
  if (source.kind === 'Files') return replaceSteps(node, ['kubelet', 'kubectl'], parameters)
  return [
    {
      kind: 'Run',
      name: 'install-kubelet',
      does: `installs ${source.names.join(' and ')} ${target.text.slice(1)}`,
      disturbs: true,
      limitSeconds: installLimit,
      commands: packageCommands(source, target.text.slice(1)).change(source.names),
      script: `${kubeadmLibrary}${packageLibrary}${installKubeletScript}`,
      parameters,
    },
  ]
}

function checkPlan(node: KubeadmNode, parameters: Parameters): RunStep {
  return {
    kind: 'Run',
    name: 'check-plan',
    does: `asks kubeadm whether the cluster can go to ${node.target.text}`,
    disturbs: false,
    limitSeconds: shortLimit,
    commands: [shownCommand('kubeadm', 'upgrade', 'plan', node.target.text, ...planOptions(node))],
    script: `${kubeadmLibrary}${checkPlanScript}`,
    parameters,
  }
}

export function moveLeader(parameters: Parameters): RunStep {
  return {
    kind: 'Run',
    name: 'move-etcd-leader',
    does: "sees that etcd can do without this node's member, and gives its lead to another",
    disturbs: false,
    limitSeconds: shortLimit,
    commands: [askMembers, 'etcdctl endpoint status -w fields', 'etcdctl move-leader MEMBER'],
    script: `${kubeadmLibrary}${etcdLibrary}${moveLeaderScript}`,
    parameters,
  }
}

function upgradeNode(node: KubeadmNode, parameters: Parameters): RunStep {
  return {
    kind: 'Run',
    name: 'upgrade-node',
    does: node.isControlPlane
      ? `replaces the control plane of this node by ${node.target.text}`
      : "writes the kubelet's configuration anew",
    disturbs: node.isControlPlane,
    limitSeconds: upgradeLimit,
    commands: [...upgradeCommands(node), ...(node.isControlPlane ? servingCommands(node) : [])],
    script: `${kubeadmLibrary}${untilServes}${upgradeNodeScript}`,
    parameters,
  }
}

function upgradeCommands(node: KubeadmNode): readonly string[] {
  const { text } = node.target
  const config = shownCommand('kubeadm', 'upgrade', 'node', 'config', '--kubelet-version', text)
  switch (kubeadmVerb(node)) {
    case 'apply':
      return [shownCommand('kubeadm', 'upgrade', 'apply', '-y', text, ...upgradeOptions(node))]
    case 'node':
      return [shownCommand('kubeadm', 'upgrade', 'node', ...upgradeOptions(node))]
    case 'experimental-control-plane':
      return [shownCommand('kubeadm', 'upgrade', 'node', 'experimental-control-plane'), config]
    case 'config':
      return [config]
  }
}

function servingCommands(node: KubeadmNode): readonly string[] {
  const kubectl = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', `--server=${ownApi(node)}`, 'get']
  return [shownCommand(...kubectl, '--raw=/version'), shownCommand(...kubectl, `--raw=${readyPath(node)}`)]
}

function rewriteSettings(node: KubeadmNode, parameters: Parameters): readonly RunStep[] {
  const { flags, gates } = removedSettings(node)
  if (flags.length + gates.length === 0) return []
  const names = [...flags.map((flag) => `--${flag}`), ...gates]
  const has = (file: string) => {
    const environment = node.facts.kubelet.environment.find(({ path }) => path === file)
    const lines = environment?.lines ?? (file === node.facts.kubelet.configPath ? node.facts.kubelet.config : [])
    return names.some((name) => lines.some((line) => line.includes(name)))
  }
  return [
    {
      kind: 'Run',
      name: 'rewrite-settings',
      does: `takes ${names.join(', ')} out of the kubelet's files, which are kept as they were`,
      disturbs: false,
      limitSeconds: 60,
      commands: settingFiles(node)
        .filter(has)
        .map((file) => `vi ${file}    # take out: ${names.join(' ')}`),
      script: `${kubeadmLibrary}${rewriteSettingsScript}`,
      parameters,
    },
  ]
}

function restartKubelet(node: KubeadmNode, parameters: Parameters): RunStep {
  return {
    kind: 'Run',
    name: 'restart-kubelet',
    does: `restarts the kubelet as ${node.target.text}`,
    disturbs: true,
    limitSeconds: 2 * shortLimit,
    commands: [...(parameters['stacked_etcd'] === 'yes' ? [askMembers] : []), 'systemctl daemon-reload', 'systemctl restart kubelet'],
    script: `${kubeadmLibrary}${etcdLibrary}${restartKubeletScript}`,
    parameters,
  }
}

export function verifyControlPlane(node: KubeadmNode, parameters: Parameters): RunStep {
  const pods = ['-n', 'kube-system', 'get', 'pods', `--field-selector=spec.nodeName=${node.order.node}`]
  return {
    kind: 'Run',
    name: 'verify-control-plane',
    does: 'waits until the control plane of this node serves as the target',
    disturbs: false,
    limitSeconds: shortLimit + 60,
    commands: [
      ...servingCommands(node),
      shownCommand('kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', `--server=${ownApi(node)}`, ...pods),
    ],
    script: `${kubeadmLibrary}${untilServes}${verifyControlPlaneScript}`,
    parameters,
  }
}

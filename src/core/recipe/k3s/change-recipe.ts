import { shownCommand } from '../kubeadm/kubeadm-commands.ts'
import type { RecipeStep, RunStep } from '../recipe-step.ts'
import { restart } from '../scripts/binary-steps.ts'
import type { K3sNode } from './k3s-node.ts'
import { backedUpFiles, broughtNames, dataFolder, hiddenPath, snapshotName, upWithin } from './node-parameters.ts'
import {
  backUpScript,
  keepDatastoreScript,
  placeImagesScript,
  replaceScript,
  restartScript,
  saveSnapshotScript,
  takeBackScript,
} from './scripts/change-steps.ts'
import { k3sLibrary } from './scripts/k3s-library.ts'
import { stageSteps } from './stage-recipe.ts'

/** Seconds for a copy, or for a lock that somebody else holds. */
const shortLimit = 600
const restartLimit = 2 * upWithin + shortLimit

type Parameters = Readonly<Record<string, string>>
type Step = Pick<RunStep, 'name' | 'does' | 'disturbs' | 'script'> & {
  readonly commands: readonly string[]
  readonly limitSeconds?: number
}

/**
 * What brings a drained node to the target: its files are replaced, and its service is restarted. Configuration, environment and units stay as they are; pods
 * run on, as the units have `KillMode=process`. Source: documentation of k3s and RKE2, manual upgrades.
 */
export function changeSteps(node: K3sNode, parameters: Parameters): readonly RecipeStep[] {
  const isSqlite = node.service?.role === 'server' && node.facts.rancher.datastore === 'sqlite'
  const steps = [
    backUp(node, parameters),
    ...(takesSnapshot(node) ? [saveSnapshot(node)] : []),
    ...(isSqlite ? [keepDatastore(node, parameters)] : []),
    replace(node),
    ...(node.images.length > 0 ? [placeImages(node)] : []),
    restartService(node),
  ]
  return [...stageSteps(node, parameters), ...steps.map((step) => asRun(step, parameters))]
}

/** Files, images and the service as they were before. */
export function takeBack(node: K3sNode, parameters: Parameters): RunStep {
  const { binary, service } = node
  const script = `${restart}${takeBackScript}`
  return asRun(
    {
      name: 'take-back',
      does: `puts ${binary} back and restarts ${service?.unit}`,
      disturbs: true,
      script,
      commands: [],
      limitSeconds: restartLimit,
    },
    parameters,
  )
}

function asRun(step: Step, parameters: Parameters): RunStep {
  return { kind: 'Run', limitSeconds: shortLimit, ...step, script: `${k3sLibrary}${step.script}`, parameters }
}

function backUp(node: K3sNode, { change }: Parameters): Step {
  const folder = `/var/lib/falkirk/backup/${change}`
  return {
    name: 'back-up',
    does: `keeps the configuration of ${node.service?.unit} in ${folder}`,
    disturbs: false,
    commands: [shownCommand('tar', '-C', '/', '-czf', `${folder}/files.tar.gz`, ...backedUpFiles(node))],
    script: backUpScript,
  }
}

/** One for each hop: it holds the whole cluster, and nothing of another minor has written to it yet. */
function takesSnapshot({ order, service, facts }: K3sNode): boolean {
  return order.part === 'FirstControlPlane' && service?.role === 'server' && facts.rancher.datastore === 'etcd'
}

function saveSnapshot(node: K3sNode): Step {
  return {
    name: 'save-snapshot',
    does: `keeps a snapshot of etcd in ${dataFolder(node)}/server/db/snapshots`,
    disturbs: false,
    commands: [shownCommand(node.binary, 'etcd-snapshot', 'save', '--name', snapshotName(node))],
    script: saveSnapshotScript,
  }
}

function keepDatastore(node: K3sNode, { change }: Parameters): Step {
  return {
    name: 'keep-datastore',
    does: `ends ${node.service?.unit} and keeps a copy of its SQLite datastore`,
    disturbs: true,
    commands: [
      shownCommand('systemctl', 'stop', node.service?.unit ?? ''),
      shownCommand('cp', '-a', `${dataFolder(node)}/server/db`, `/var/lib/falkirk/backup/${change}/db`),
    ],
    script: keepDatastoreScript,
  }
}

function replace(node: K3sNode): Step {
  const folder = node.binary.slice(0, node.binary.lastIndexOf('/'))
  const names = broughtNames(node)
  return {
    name: 'replace-files',
    does: `replaces ${names.map((name) => `${folder}/${name}`).join(', ')}; what was there is kept`,
    disturbs: false,
    commands: names.flatMap((name) => [
      shownCommand('ln', '-f', `${folder}/${name}`, hiddenPath(node, name, 'previous')),
      shownCommand('mv', '-f', hiddenPath(node, name, node.target.text), `${folder}/${name}`),
    ]),
    script: replaceScript,
  }
}

function placeImages(node: K3sNode): Step {
  const folder = `${dataFolder(node)}/agent`
  const names = node.images.map(({ name }) => name)
  return {
    name: 'place-images',
    does: `gives the service ${names.join(', ')} of ${node.target.text}`,
    disturbs: false,
    commands: names.map((name) =>
      shownCommand('mv', '-f', `${folder}/falkirk-images/${node.target.text}/${name}`, `${folder}/images/${name}`),
    ),
    script: placeImagesScript,
  }
}

function restartService(node: K3sNode): Step {
  const { service, order } = node
  const kubectl =
    order.distribution === 'k3s' ? ['k3s', 'kubectl'] : [`${dataFolder(node)}/bin/kubectl`, '--kubeconfig=/etc/rancher/rke2/rke2.yaml']
  const isServer = order.part !== 'Worker' && service?.role === 'server'
  return {
    name: 'restart-service',
    does: `restarts ${service?.unit}, and waits until it stays up as ${node.target.text}`,
    disturbs: true,
    commands: [
      shownCommand('systemctl', 'restart', service?.unit ?? ''),
      ...(isServer ? [shownCommand(...kubectl, 'get', '--raw=/readyz')] : []),
    ],
    script: `${restart}${restartScript}`,
    limitSeconds: restartLimit,
  }
}

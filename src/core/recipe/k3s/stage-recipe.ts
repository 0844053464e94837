import { shownCommand } from '../kubeadm/kubeadm-commands.ts'
import type { RecipeStep } from '../recipe-step.ts'
import type { K3sNode, NeededFile } from './k3s-node.ts'
import { broughtNames, dataFolder, hiddenPath, isPacked } from './node-parameters.ts'
import { fetchImagesScript, fetchReleaseScript, putImagesScript, putReleaseScript } from './scripts/bring-steps.ts'
import { k3sLibrary } from './scripts/k3s-library.ts'

/** Seconds for what comes over the network: archives of images have a gigabyte. */
const fetchLimit = 3_600

type Parameters = Readonly<Record<string, string>>

/** Everything that can be brought before the node is drained; nothing that runs notices. */
export function stageSteps(node: K3sNode, parameters: Parameters): readonly RecipeStep[] {
  return [...programStep(node, parameters), ...node.images.map((image) => imageStep(node, image, parameters))]
}

function programStep(node: K3sNode, parameters: Parameters): readonly RecipeStep[] {
  const { program, binary, target } = node
  if (program === undefined) return []
  const common = { disturbs: false, limitSeconds: fetchLimit, parameters, commands: programCommands(node, program) }
  const does = `brings ${program.name} ${target.text} beside ${binary}`
  if (program.url === undefined) {
    return [{ ...common, kind: 'Put', name: 'put-program', does, script: `${k3sLibrary}${putReleaseScript}` }]
  }
  return [{ ...common, kind: 'Run', name: 'fetch-program', does, script: `${k3sLibrary}${fetchReleaseScript}` }]
}

function programCommands(node: K3sNode, program: NeededFile): readonly string[] {
  const at = (name: string) => hiddenPath(node, name, node.target.text)
  const names = broughtNames(node)
  if (!isPacked(program.name))
    return [...bringCommands(node, program, at(node.order.distribution)), shownCommand('chmod', '755', ...names.map(at))]
  return [
    ...bringCommands(node, program, 'ARCHIVE'),
    'tar --no-same-owner -xzf ARCHIVE -C FOLDER',
    ...names.map((name) => shownCommand('mv', '-f', `FOLDER/bin/${name}`, at(name))),
  ]
}

function imageStep(node: K3sNode, image: NeededFile, before: Parameters): RecipeStep {
  const at = `${dataFolder(node)}/agent/falkirk-images/${node.target.text}/${image.name}`
  const { name, sha256, url = '' } = image
  const common = {
    disturbs: false,
    limitSeconds: fetchLimit,
    parameters: { ...before, image: name, file: name, sha256, url },
    commands: bringCommands(node, image, at),
  }
  const does = `brings ${name} ${node.target.text} beside those that are there`
  const step = stepName(name)
  if (image.url === undefined) return { ...common, kind: 'Put', name: `put-${step}`, does, script: `${k3sLibrary}${putImagesScript}` }
  return { ...common, kind: 'Run', name: `fetch-${step}`, does, script: `${k3sLibrary}${fetchImagesScript}` }
}

/** `images`, `images-canal`: steps are named in letters. */
function stepName(archive: string): string {
  return archive
    .replace(/^(k3s-airgap|rke2)-/, '')
    .replace(/[.-](linux-)?(amd64|arm64|armhf|arm|s390x)?\.tar.*$/, '')
    .replaceAll(/[^a-z-]/g, '')
}

function bringCommands({ order }: K3sNode, { name, sha256, url }: NeededFile, at: string): readonly string[] {
  const brought = url === undefined ? shownCommand('scp', name, `${order.node}:${at}`) : shownCommand('curl', '-fsSL', '-o', at, url)
  return [brought, `echo '${sha256}  ${at}' | sha256sum -c`]
}

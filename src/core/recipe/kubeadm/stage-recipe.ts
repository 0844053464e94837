import type { RecipeStep } from '../recipe-step.ts'
import { imageFileSteps, packageFileSteps, sendsPackages } from './folder-steps.ts'
import { imageOptions, shownCommand } from './kubeadm-commands.ts'
import { imageTag, type KubeadmNode, type ProgramSource } from './kubeadm-node.ts'
import { endpoint, repositoryFiles, stagedKubeadm, workerImage } from './node-parameters.ts'
import { asideOptions, packageCommands } from './package-commands.ts'
import { bringSteps } from './program-steps.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { packageLibrary } from './scripts/package-library.ts'
import {
  downloadPackagesScript,
  findEditsScript,
  findPackagesScript,
  pullImagesScript,
  switchRepositoryScript,
} from './scripts/stage-steps.ts'

/** Seconds for what comes over the network. */
const fetchLimit = 1_800

/** Everything that can be had and known before the node is drained; nothing that runs notices. */
export function stageSteps(node: KubeadmNode, parameters: Readonly<Record<string, string>>): readonly RecipeStep[] {
  const { source } = node
  const files = repositoryFiles(node)
  return [
    ...(source.kind === 'Packages' && files.length > 0 ? [switchStep(node, files, parameters)] : []),
    ...(source.kind === 'Packages' ? packageSteps(node, source, parameters) : bringSteps(node, parameters)),
    ...(canPull(node) ? [imageStep(node, parameters)] : []),
    ...editStep(node, parameters),
  ]
}

/** Repositories and indexes of hops to come, while those of the host stay as they are. */
const asideFolder = '/var/lib/falkirk/prepare'

/**
 * What of it can be fetched long before, whatever hops are to come first: nothing of the host is changed for it, and what is gone when it is looked for
 * again is fetched again. Files that the order names are sent before; `archives`: the images that are in them, by their names.
 */
export function aheadSteps(
  node: KubeadmNode,
  parameters: Readonly<Record<string, string>>,
  archives: ReadonlyMap<string, string>,
): readonly RecipeStep[] {
  const all = { ...parameters, ahead: 'yes' }
  const programs = [...packageFileSteps(node, all), ...aheadPrograms(node, all)]
  return [...programs, ...imageFileSteps(node, all, archives), ...(canPull(node) ? [imageStep(node, all)] : [])]
}

function aheadPrograms(node: KubeadmNode, all: Readonly<Record<string, string>>): readonly RecipeStep[] {
  const { source } = node
  if (source.kind === 'Files') return bringSteps(node, all)
  if (repositoryFiles(node).length === 0) return packageSteps(node, source, all)
  const options = asideOptions(source.manager, asideFolder)
  return packageSteps(node, source, { ...all, aside: 'yes', aside_options: options.join(' ') }, options)
}

type Packages = Extract<ProgramSource, { kind: 'Packages' }>

function packageSteps(
  node: KubeadmNode,
  source: Packages,
  parameters: Readonly<Record<string, string>>,
  aside: readonly string[] = [],
): readonly RecipeStep[] {
  const plain = node.target.text.slice(1)
  const commands = packageCommands(source, plain, aside)
  const common = { kind: 'Run' as const, disturbs: false, limitSeconds: fetchLimit }
  const folder = `/var/lib/falkirk/kubeadm/${node.target.text}`
  const all = { ...parameters, names: `kubeadm ${parameters['names']}` }
  const isSent = sendsPackages(node)
  const own = parameters['aside'] === 'yes' ? `the repository of v1.${node.target.minor}, beside the host's own` : 'the repositories'
  return [
    {
      ...common,
      name: 'find-packages',
      does: `looks for ${plain} in ${isSent ? 'what was sent' : own}`,
      commands: commands.find,
      script: `${kubeadmLibrary}${packageLibrary}${findPackagesScript}`,
      parameters: all,
    },
    {
      ...common,
      name: 'download-packages',
      does: `${isSent ? 'sees whether they can be installed:' : 'fetches'} ${all.names} ${plain}, and ${isSent ? 'takes out kubeadm' : 'kubeadm'} beside the one that is there`,
      commands: [...commands.download, ...unpackCommands(source, commands.exactly('kubeadm'), folder, aside)],
      script: `${kubeadmLibrary}${packageLibrary}${downloadPackagesScript}`,
      parameters: all,
    },
  ]
}

function switchStep(node: KubeadmNode, files: readonly string[], parameters: Readonly<Record<string, string>>): RecipeStep {
  const { minor } = node.target
  return {
    kind: 'Run',
    name: 'switch-repository',
    does: `names the repository of v1.${minor} in ${files.join(', ')}`,
    disturbs: false,
    limitSeconds: 60,
    commands: files.map((file) => shownCommand('sed', '-i', '-E', `s#/v1\\.[0-9]+/(deb|rpm)#/v1.${minor}/\\1#`, file)),
    script: `${kubeadmLibrary}${switchRepositoryScript}`,
    parameters,
  }
}

function unpackCommands(
  { manager, held, excludes }: Packages,
  kubeadm: string,
  folder: string,
  aside: readonly string[],
): readonly string[] {
  if (manager === 'apt-get') return [shownCommand('apt-get', 'download', kubeadm), `dpkg-deb -x kubeadm_*.deb ${folder}`]
  const into = `${folder}.part`
  const words =
    manager === 'zypper'
      ? ['zypper', '--non-interactive', ...aside, '--pkg-cache-dir', into, 'install', '--oldpackage', '--download-only', '--force', kubeadm]
      : [
          manager,
          'install',
          '-y',
          ...(excludes === '' ? [] : [excludes]),
          ...aside,
          `--downloadonly${held ? ' --disableplugin=versionlock' : ''}`,
        ]
  return [
    manager === 'zypper' ? shownCommand(...words) : `${words.join(' ')} ${shownCommand(`--downloaddir=${into}`, kubeadm)}`,
    'rpm2cpio kubeadm-*.rpm | cpio -idm',
  ]
}

/** A worker without crictl has its one image pulled by the kubelet. */
function canPull({ isControlPlane, layout, facts }: KubeadmNode): boolean {
  return isControlPlane || layout.runtime?.name === 'docker' || facts.programs.some(({ name }) => name === 'crictl')
}

function imageStep(node: KubeadmNode, parameters: Readonly<Record<string, string>>): RecipeStep {
  const { target, isControlPlane, layout } = node
  const image = workerImage(node)
  const pull = layout.runtime?.name === 'docker' ? ['docker', 'pull'] : ['crictl', '--runtime-endpoint', endpoint(node), 'pull']
  const words = ['--kubernetes-version', target.text]
  const kubeadm = stagedKubeadm(node)
  return {
    kind: 'Run',
    name: 'pull-images',
    does: isControlPlane ? `brings the images of ${target.text}` : `brings ${image}`,
    disturbs: false,
    limitSeconds: fetchLimit,
    commands: isControlPlane
      ? [
          shownCommand(kubeadm, 'config', 'images', 'list', ...words, ...imageOptions(node)),
          shownCommand(kubeadm, 'config', 'images', 'pull', ...words, '--cri-socket', endpoint(node), ...imageOptions(node)),
        ]
      : [shownCommand(...pull, image)],
    script: `${kubeadmLibrary}${pullImagesScript}`,
    parameters,
  }
}

/** Only a kubeadm of the version that wrote the manifests tells what others have changed in them. */
function editStep(node: KubeadmNode, parameters: Readonly<Record<string, string>>): readonly RecipeStep[] {
  const running = imageTag(node.facts, 'kube-apiserver')
  const kubeadm = node.facts.programs.find(({ name }) => name === 'kubeadm')?.version
  if (!node.isControlPlane || running === '' || kubeadm !== running || node.facts.kubeadm.patches !== undefined) return []
  return [
    {
      kind: 'Run',
      name: 'find-manual-edits',
      does: 'looks for what was changed by hand in the manifests of the control plane',
      disturbs: false,
      limitSeconds: 120,
      commands: [shownCommand('kubeadm', 'upgrade', 'diff', running, '--kubeconfig', '/etc/kubernetes/admin.conf')],
      script: `${kubeadmLibrary}${findEditsScript}`,
      parameters,
    },
  ]
}

import type { PutStep } from '../recipe-step.ts'
import { fetchFile } from '../scripts/fetch-file.ts'
import { shownCommand } from './kubeadm-commands.ts'
import type { KubeadmNode } from './kubeadm-node.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'
import { putImageScript, putPackageScript } from './scripts/sent-packages.ts'
import { hasImage } from './scripts/stage-steps.ts'

/** Seconds for a file of a gigabyte over a slow line. */
const limitSeconds = 3_600

const packageFile = /\.(deb|rpm)$/

/** Whether an order names packages that are sent: no repository is asked then. */
export function sendsPackages(node: KubeadmNode): boolean {
  return filesOf(node, packageFile).length > 0
}

type Parameters = Readonly<Record<string, string>>

/** Sends the packages that an order names to its host, for one that reaches no repository; they are kept there until they are installed. */
export function packageFileSteps(node: KubeadmNode, parameters: Parameters): readonly PutStep[] {
  return filesOf(node, packageFile).map(({ file, sha256 }) => {
    const name = packageName(file)
    const at = `/var/lib/falkirk/packages/${node.target.text}/${file}`
    return {
      kind: 'Put',
      name: `put-package-${letters(name)}`,
      does: `sends ${file}`,
      disturbs: false,
      limitSeconds,
      commands: [shownCommand('scp', file, `${node.order.node}:${at}`), `echo '${sha256}  ${at}' | sha256sum -c`],
      script: `${kubeadmLibrary}${fetchFile}${putPackageScript}`,
      parameters: { ...parameters, file, name, sha256, url: '' },
    }
  })
}

/** Sends the archives of images that an order names, and has the runtime import them. `images`: what each of them holds, by its name. */
export function imageFileSteps(node: KubeadmNode, parameters: Parameters, images: ReadonlyMap<string, string>): readonly PutStep[] {
  const isDocker = node.layout.runtime?.name === 'docker'
  return filesOf(node, /\.tar$/).flatMap(({ file, sha256 }) => {
    const image = images.get(file)
    if (image === undefined) return []
    const load = isDocker ? ['docker', 'load', '-i', file] : ['ctr', '--namespace', 'k8s.io', 'images', 'import', file]
    return {
      kind: 'Put',
      name: `put-image-${letters(/([^/:]+):[^/]*$/.exec(image)?.[1] ?? image)}`,
      does: `sends ${file}, and imports it`,
      disturbs: false,
      limitSeconds,
      commands: [shownCommand('scp', file, `${node.order.node}:${file}`), shownCommand(...load)],
      script: `${kubeadmLibrary}${fetchFile}${hasImage}${putImageScript}`,
      parameters: { ...parameters, file, image, sha256, url: '' },
    }
  })
}

/** The package that a file holds, by the name of the file: `cri-tools` of `cri-tools_1.34.0-1.1_amd64.deb`. */
function packageName(file: string): string {
  return /^([a-z0-9][a-z0-9.+-]*?)[_-]\d/.exec(file)?.[1] ?? file
}

function filesOf({ order }: KubeadmNode, like: RegExp) {
  const files = Object.entries(order.binaries ?? {}).map(([file, { sha256 }]) => ({ file, sha256 }))
  return files.filter(({ file }) => like.test(file))
}

/** Steps are named in letters. */
function letters(name: string): string {
  return name.replaceAll(/[^a-z-]/g, '')
}

import type { RecipeStep, RunStep } from '../recipe-step.ts'
import { shownCommand } from './kubeadm-commands.ts'
import type { KubeadmNode, ProgramFile } from './kubeadm-node.ts'
import { fetchProgramScript, putProgramScript, replaceProgramScript } from './scripts/file-steps.ts'
import { kubeadmLibrary } from './scripts/kubeadm-library.ts'

const limitSeconds = 600

/** Brings the programs of the order that this host has as files: it fetches them from their address, or they are sent. */
export function bringSteps(node: KubeadmNode, parameters: Readonly<Record<string, string>>): readonly RecipeStep[] {
  return replaced(node).map(({ file, sha256, url = '' }) => {
    const { name, path } = file
    const to = staged(node, file)
    const common = {
      does: `brings ${name} ${node.target.text} beside ${path}`,
      disturbs: false,
      limitSeconds,
      parameters: { ...parameters, binary: path, name, file: name, sha256, url },
    }
    const check = `echo '${sha256}  ${to}' | sha256sum -c`
    if (url === '') {
      const commands = [`scp ${name} ${node.order.node}:${to}`, check]
      return { ...common, kind: 'Put', name: `put-${name}`, commands, script: `${kubeadmLibrary}${putProgramScript}` }
    }
    const commands = [shownCommand('curl', '-fsSL', '-o', to, url), check]
    return { ...common, kind: 'Run', name: `fetch-${name}`, commands, script: `${kubeadmLibrary}${fetchProgramScript}` }
  })
}

/** Gives the brought programs with these names the place of those that are there. */
export function replaceSteps(
  node: KubeadmNode,
  names: readonly string[],
  parameters: Readonly<Record<string, string>>,
): readonly RunStep[] {
  const chosen = replaced(node).filter(({ file }) => names.includes(file.name))
  return chosen.map(({ file, sha256 }) => ({
    kind: 'Run',
    name: `replace-${file.name}`,
    does: `replaces ${file.path}`,
    disturbs: false,
    limitSeconds,
    commands: [shownCommand('install', '-m', '0755', staged(node, file), file.path)],
    script: `${kubeadmLibrary}${replaceProgramScript}`,
    parameters: { ...parameters, binary: file.path, name: file.name, sha256 },
  }))
}

function replaced({
  source,
  order,
}: KubeadmNode): readonly { readonly file: ProgramFile; readonly sha256: string; readonly url?: string }[] {
  if (source.kind === 'Packages') return []
  return source.files.flatMap((file) => {
    const wanted = order.binaries?.[file.name]
    return wanted === undefined ? [] : [{ file, ...wanted }]
  })
}

function staged({ target }: KubeadmNode, { name, path }: ProgramFile): string {
  return `${path.slice(0, path.lastIndexOf('/'))}/.${name}.falkirk-${target.text}`
}

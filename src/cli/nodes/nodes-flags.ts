import { nearestText } from '../../core/nearest-text.ts'
import { type KubernetesVersion, parseVersion } from '../../core/version/kubernetes-version.ts'
import { bad } from '../flag-values.ts'
import { outputs, type PathOutput } from '../path-flags.ts'

/** Flags of `falkirk nodes` as the command line gives them. */
export interface NodesFlags {
  readonly via?: string
  readonly inventory?: string
  readonly nodes?: string
  readonly to?: string
  readonly output?: string
}

export interface NodesSettings {
  /** Absent: hosts are not looked at. */
  readonly ssh?: { readonly inventory?: string }
  /** Absent: all. */
  readonly names?: readonly string[]
  readonly target?: KubernetesVersion
  readonly output: PathOutput
}

/** Throws FK_BAD_SETTING with one sentence that names the flag. */
export function nodesSettings({ via, inventory, nodes, to, output = 'table' }: NodesFlags): NodesSettings {
  if (via !== undefined && via !== 'ssh') throw bad(`--via is "${via}": write ssh, or leave it out to look at no host`)
  if (via === undefined && inventory !== undefined)
    throw bad('--inventory says how hosts are reached, and none is looked at: add --via ssh')
  const format = outputs.find((one) => one === output)
  if (format === undefined) throw bad(`--output is "${output}": write ${outputs.join(', ')}${suggestion(output)}`)
  return {
    ...(via === undefined ? {} : { ssh: inventory === undefined ? {} : { inventory } }),
    ...(nodes === undefined ? {} : { names: namesOf(nodes) }),
    ...(to === undefined ? {} : { target: targetOf(to) }),
    output: format,
  }
}

function suggestion(text: string): string {
  const near = nearestText(text, outputs)
  return near === undefined ? '' : `; is it ${near}?`
}

/** Names with commas between them. Throws FK_BAD_SETTING. */
export function namesOf(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '')
  if (names.length === 0) throw bad('--nodes is empty: name nodes with commas between them, or leave it out for all')
  return names
}

function targetOf(text: string): KubernetesVersion {
  const version = parseVersion(text)
  if (version === undefined) throw bad(`--to is "${text}": write a version such as v1.34.2+k3s1 or v1.34.2`)
  return version
}

/** Which of the cluster's nodes are meant. Throws FK_BAD_SETTING for a name that no node has. */
export function chosenNodes<T extends { readonly name: string }>(all: readonly T[], names: readonly string[] | undefined): readonly T[] {
  if (names === undefined) return all
  return names.map((name) => {
    const found = all.find((node) => node.name === name)
    if (found !== undefined) return found
    const near = nearestText(
      name,
      all.map((node) => node.name),
    )
    throw bad(`--nodes names ${JSON.stringify(name)}, and this cluster has no such node${near === undefined ? '' : `; is it ${near}?`}`)
  })
}

import type { HostFacts } from '../../host/host-facts.ts'
import { layoutOf } from '../../host/layout.ts'
import type { HostOrder } from '../host-order.ts'
import { kubeletEdit } from './kubelet-edit.ts'

/**
 * A host as it will be found once its runtime was changed as an order asks: what comes after it in the same drain is made from that. One on which that
 * was done already, or cannot be done, is as it was found.
 */
export function factsAfterRuntime({ runtime }: Pick<HostOrder, 'runtime'>, facts: HostFacts): HostFacts {
  if (runtime === undefined) return facts
  const { version } = runtime
  const programs =
    version === undefined ? facts.programs : facts.programs.map((each) => (each.name === 'containerd' ? { ...each, version } : each))
  const upgraded = { ...facts, programs }
  return isOnDocker(facts) ? switched(upgraded) : upgraded
}

export function isOnDocker(facts: HostFacts): boolean {
  return layoutOf(facts).runtime?.name === 'docker'
}

function switched(facts: HostFacts): HostFacts {
  const edit = kubeletEdit(facts, layoutOf(facts).version?.minor ?? 0)
  if (edit.kind === 'Refused') return facts
  const { kubelet } = facts
  return {
    ...facts,
    kubelet: {
      ...kubelet,
      arguments: [...withoutFlags(kubelet.arguments, edit.remove), ...edit.add],
      environment: kubelet.environment.map(({ path, lines }) => ({
        path,
        lines: lines.map((line) => {
          const left = edit.remove.reduce((text, flag) => text.replaceAll(flagOf(flag), '$1'), line)
          return path === edit.file && left.startsWith(`${edit.variable}=`) ? withFlags(left, edit.add) : left
        }),
      })),
    },
  }
}

function flagOf(flag: string): RegExp {
  return new RegExp(`(^|[\\s"'=])--${flag}(=| +)[^\\s"']+`, 'g')
}

/** Behind the name of the variable and its quotation mark. */
function withFlags(line: string, flags: readonly string[]): string {
  return line.replace(/^([A-Z_]+=["']?) */, `$1${flags.join(' ')} `)
}

/** Their values stand behind `=`, or are the next word. */
function withoutFlags(words: readonly string[], flags: readonly string[]): readonly string[] {
  return words.filter((word, index) => {
    const before = words[index - 1] ?? ''
    const isValue = !word.startsWith('--') && flags.some((flag) => before === `--${flag}`)
    return !isValue && !flags.some((flag) => word === `--${flag}` || word.startsWith(`--${flag}=`))
  })
}

import { type RecipeOrder, readOrder } from '../../../core/recipe/recipe-order.ts'
import { compareUpstream, parseVersion } from '../../../core/version/kubernetes-version.ts'
import type { ContainerStart, ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import type { ContainerCourse } from '../../kubelet/pod/container-course.ts'
import { installedVersion, serviceOf } from '../kubernetes-service.ts'
import type { Machine } from '../machine.ts'
import type { ServiceRestart } from '../machine-effect.ts'

export interface FalkirkRecipeOptions {
  /** Seconds to bring and replace the binary; 3 unless told. */
  readonly workSeconds?: number
  readonly restart?: ServiceRestart
}

/** How `falkirk node` ends where it refuses something. */
const refusedCode = 2

/** `falkirk node check-binary` and `run-steps`, whatever the image is called: what an order asks for has its effect on the machine. */
export function falkirkRecipe(options: FalkirkRecipeOptions): ImageBehaviour {
  return (start) => {
    const [program, group, verb] = start.container.command ?? []
    if (program !== '/bin/falkirk' || group !== 'node') return undefined
    const read = readOrder(flagOf(start, '--order'), flagOf(start, '--digest'))
    if (read.kind === 'Refused') return refused(read.message)
    if (verb === 'check-binary') return { seconds: 1, exitCode: 0, log: `the binary for ${read.order.version} is there\n` }
    return changeCourse(read.order, start.machine, options)
  }
}

function changeCourse({ recipe, version }: RecipeOrder, machine: Machine, options: FalkirkRecipeOptions): Partial<ContainerCourse> {
  if (machine.distribution !== recipe)
    return refused(`no service of this host runs ${recipe} server or ${recipe} agent; nothing was touched`)
  const installed = installedVersion(machine)
  if (installed === version) return { seconds: 1, exitCode: 0, log: `this host runs ${version}\n` }
  if (isLower(version, installed)) return refused(`${version} is lower than ${installed}; nothing was touched`)
  const { workSeconds = 3, restart } = options
  return {
    seconds: workSeconds,
    exitCode: 0,
    log: `replace-binary: replaces ${serviceOf(machine).binary}\nrestart-service: restarts ${recipe}\n`,
    effects: [{ kind: 'ReplaceKubernetes', version, ...(restart === undefined ? {} : { restart }) }],
  }
}

function isLower(wanted: string, installed: string): boolean {
  const [to, from] = [parseVersion(wanted), parseVersion(installed)]
  return to !== undefined && from !== undefined && compareUpstream(to, from) < 0
}

function flagOf({ container }: ContainerStart, name: string): string {
  return container.args?.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

function refused(message: string): Partial<ContainerCourse> {
  return { seconds: 1, exitCode: refusedCode, log: `FK_RECIPE: ${message}\n` }
}

import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { duplicateValue, unsupportedValue } from './refusal.ts'

const actions = ['DoNotSchedule', 'ScheduleAnyway']

/** Why the spread of a pod over zones and nodes is refused. Source: Kubernetes, Pod Topology Spread Constraints. */
export function spreadProblems(field: string, constraints: readonly TopologySpreadConstraint[]): readonly StatusCause[] {
  return constraints.flatMap(({ maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' }, i) => {
    const own = `${field}[${i}]`
    const again = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    return [
      ...(maxSkew > 0 ? [] : [invalidValue(`${own}.maxSkew`, maxSkew, 'must be greater than zero')]),
      ...(topologyKey === '' ? [requiredValue(`${own}.topologyKey`, 'can not be empty')] : []),
      ...(actions.includes(whenUnsatisfiable) ? [] : [unsupportedValue(`${own}.whenUnsatisfiable`, whenUnsatisfiable, actions)]),
      ...(again ? [duplicateValue(`${own}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
    ]
  })
}

import type { Container, EnvVar } from 'kubernetes-types/core/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { fieldRefProblems, resourceRefProblems } from './field-ref-problems.ts'

const envName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/
const envNameRule =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit " +
  "(e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"

/** Why the environment of a container is refused. */
export function envProblems(field: string, { env, envFrom }: Container): readonly StatusCause[] {
  return [
    ...(env ?? []).flatMap((variable, i) => variableProblems(`${field}.env[${i}]`, variable)),
    // The server names the list here, not its item.
    ...(envFrom ?? []).flatMap((source) => {
      const given = [source.configMapRef, source.secretRef].filter((reference) => reference)
      if (given.length === 0) return [invalidValue(`${field}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`')]
      return given.length > 1 ? [invalidValue(`${field}.envFrom`, '', 'may not have more than one field specified at a time')] : []
    }),
  ]
}

function variableProblems(field: string, { name, value, valueFrom }: EnvVar): readonly StatusCause[] {
  return [...nameProblems(`${field}.name`, name), ...(valueFrom ? sourceProblems(`${field}.valueFrom`, value, valueFrom) : [])]
}

function nameProblems(field: string, name: string | undefined): readonly StatusCause[] {
  if (!name) return [requiredValue(field)]
  return envName.test(name) ? [] : [invalidValue(field, name, envNameRule)]
}

function sourceProblems(field: string, value: string | undefined, source: NonNullable<EnvVar['valueFrom']>): readonly StatusCause[] {
  const given = Object.values(source).filter((one) => one)
  if (given.length === 0) {
    return [invalidValue(field, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`')]
  }
  return [
    ...(source.fieldRef ? fieldRefProblems(`${field}.fieldRef`, source.fieldRef, 'Variable') : []),
    ...(source.resourceFieldRef ? resourceRefProblems(`${field}.resourceFieldRef`, source.resourceFieldRef, 'Variable') : []),
    ...(source.configMapKeyRef && !source.configMapKeyRef.key ? [requiredValue(`${field}.configMapKeyRef.key`)] : []),
    ...(source.secretKeyRef && !source.secretKeyRef.key ? [requiredValue(`${field}.secretKeyRef.key`)] : []),
    ...(value
      ? [invalidValue(field, '', 'may not be specified when `value` is not empty')]
      : given.length > 1
        ? [invalidValue(field, '', 'may not have more than one field specified at a time')]
        : []),
  ]
}

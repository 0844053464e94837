import type { Container, VolumeMount } from 'kubernetes-types/core/v1'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { missingValue } from './refusal.ts'

/** Why the mounts of a container are refused; `volumes` are the names of those that the pod has. */
export function mountProblems(field: string, container: Container, volumes: ReadonlySet<string>): readonly StatusCause[] {
  const mounts = container.volumeMounts ?? []
  const devices = container.volumeDevices ?? []
  return [
    ...mounts.flatMap((mount, i) => [
      ...placeProblems(`${field}.volumeMounts[${i}]`, mount, volumes, mounts.slice(0, i)),
      ...(devices.some(({ name }) => name === mount.name)
        ? [invalidValue(`${field}.volumeMounts[${i}].name`, mount.name, 'must not already exist in volumeDevices')]
        : []),
      ...subPathProblems(`${field}.volumeMounts`, i, mount),
    ]),
    ...devices.flatMap(({ name, devicePath }, i) => [
      ...(name ? [] : [requiredValue(`${field}.volumeDevices[${i}].name`)]),
      ...(volumes.has(name) ? [] : [missingValue(`${field}.volumeDevices[${i}].name`, name)]),
      ...(devicePath ? [] : [requiredValue(`${field}.volumeDevices[${i}].devicePath`)]),
    ]),
  ]
}

function placeProblems(
  field: string,
  { name, mountPath }: VolumeMount,
  volumes: ReadonlySet<string>,
  before: readonly VolumeMount[],
): readonly StatusCause[] {
  return [
    ...(name ? [] : [requiredValue(`${field}.name`)]),
    ...(volumes.has(name) ? [] : [missingValue(`${field}.name`, name ?? '')]),
    ...(mountPath ? [] : [requiredValue(`${field}.mountPath`)]),
    ...(before.some((other) => other.mountPath === mountPath)
      ? [invalidValue(`${field}.mountPath`, mountPath ?? '', 'must be unique')]
      : []),
  ]
}

/** The server names the list here, not the mount. */
function subPathProblems(field: string, i: number, { subPath, subPathExpr }: VolumeMount): readonly StatusCause[] {
  return [
    ...(subPath ? descendingProblems(`${field}.subPath`, subPath) : []),
    ...(subPath && subPathExpr
      ? [invalidValue(`${field}[${i}].subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : []),
    ...(subPathExpr ? descendingProblems(`${field}.subPathExpr`, subPathExpr) : []),
  ]
}

function descendingProblems(field: string, path: string): readonly StatusCause[] {
  return [
    ...(path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : []),
    ...(path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : []),
  ]
}

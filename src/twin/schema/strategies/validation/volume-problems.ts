import type { DownwardAPIVolumeFile, Volume } from 'kubernetes-types/core/v1'
import { dnsLabelProblem } from '../../../../core/kubernetes/dns-name.ts'
import { forbiddenValue, invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { fieldRefProblems, resourceRefProblems } from './field-ref-problems.ts'
import { duplicateValue, problem, unsupportedValue } from './refusal.ts'

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
/** In the order in which the server counts them: all but the first are too many. */
const sources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const

/** What there is to say of the volumes of a pod. */
export interface VolumeReview {
  readonly causes: readonly StatusCause[]
  /** Names of those that a container may mount: of the ones that are not refused. */
  readonly mountable: ReadonlySet<string>
}

/** Why the volumes of a pod are refused, and which can be mounted. Source: Kubernetes API reference, Volume. */
export function reviewVolumes(field: string, volumes: readonly Volume[]): VolumeReview {
  const mountable = new Set<string>()
  const causes = volumes.flatMap((volume, i) => {
    const own = `${field}[${i}]`
    const found = [
      ...sourceProblems(own, volume),
      ...(volume.name ? problem(`${own}.name`, volume.name, dnsLabelProblem(volume.name)) : [requiredValue(`${own}.name`)]),
      ...(mountable.has(volume.name) ? [duplicateValue(`${own}.name`, volume.name)] : []),
    ]
    if (found.length === 0) mountable.add(volume.name)
    return found
  })
  return { causes, mountable }
}

function sourceProblems(field: string, volume: Volume): readonly StatusCause[] {
  const given = sources.filter((source) => volume[source as keyof Volume])
  const [first] = given
  if (first === undefined) return [requiredValue(field, 'must specify a volume type')]
  return [
    ...fieldProblems(`${field}.${first}`, first, volume),
    ...given.slice(1).map((source) => forbiddenValue(`${field}.${source}`, 'may not specify more than 1 volume type')),
  ]
}

function fieldProblems(field: string, source: (typeof sources)[number], volume: Volume): readonly StatusCause[] {
  switch (source) {
    case 'hostPath':
      return hostPathProblems(field, volume.hostPath?.path, volume.hostPath?.type)
    case 'secret':
      return volume.secret?.secretName ? [] : [requiredValue(`${field}.secretName`)]
    case 'configMap':
      return volume.configMap?.name ? [] : [requiredValue(`${field}.name`)]
    case 'persistentVolumeClaim':
      return volume.persistentVolumeClaim?.claimName ? [] : [requiredValue(`${field}.claimName`)]
    case 'csi':
      return volume.csi?.driver ? [] : [requiredValue(`${field}.driver`)]
    case 'downwardAPI':
      return (volume.downwardAPI?.items ?? []).flatMap((item) => fileProblems(field, item))
    case 'nfs':
      return nfsProblems(field, volume.nfs)
    default:
      return []
  }
}

/** Why a path of the host is refused; also of a PersistentVolume. */
export function hostPathProblems(field: string, path: string | undefined, type: string | undefined): readonly StatusCause[] {
  if (!path) return [requiredValue(`${field}.path`)]
  return [
    ...(path.split('/').includes('..') ? [invalidValue(`${field}.path`, path, "must not contain '..'")] : []),
    ...(type === undefined || hostPathTypes.includes(type) ? [] : [unsupportedValue(`${field}.type`, type, hostPathTypes)]),
  ]
}

/** The server does not say which of the items it means. */
function fileProblems(field: string, { path, fieldRef, resourceFieldRef }: DownwardAPIVolumeFile): readonly StatusCause[] {
  const given = fieldRef ?? resourceFieldRef
  return [
    ...(path ? [] : [requiredValue(`${field}.path`)]),
    ...(fieldRef ? fieldRefProblems(`${field}.fieldRef`, fieldRef, 'File') : []),
    ...(fieldRef && resourceFieldRef
      ? [invalidValue(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
      : []),
    ...(!fieldRef && resourceFieldRef ? resourceRefProblems(`${field}.resourceFieldRef`, resourceFieldRef, 'File') : []),
    ...(given ? [] : [requiredValue(field, 'one of fieldRef and resourceFieldRef is required')]),
  ]
}

function nfsProblems(field: string, nfs: Volume['nfs']): readonly StatusCause[] {
  return [
    ...(nfs?.server ? [] : [requiredValue(`${field}.server`)]),
    ...(nfs?.path ? [] : [requiredValue(`${field}.path`)]),
    ...(nfs?.path && !nfs.path.startsWith('/') ? [invalidValue(`${field}.path`, nfs.path, 'must be an absolute path')] : []),
  ]
}

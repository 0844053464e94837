import type { ObjectFieldSelector, ResourceFieldSelector } from 'kubernetes-types/core/v1'
import { labelKeyProblem } from '../../../../core/kubernetes/label-syntax.ts'
import { invalidValue, requiredValue } from '../../../api/field-problem.ts'
import type { StatusCause } from '../../../api/status-error.ts'
import { problem, unsupportedValue } from './refusal.ts'

/** What a variable may be filled with, and what a file may; the host's addresses are known later than v1.20. */
const paths = {
  Variable: [
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    'spec.nodeName',
    'spec.serviceAccountName',
    'status.hostIP',
    'status.podIP',
    'status.podIPs',
  ],
  File: ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'],
} as const

/** What the fields of a pod are called elsewhere: known, and of no use here. */
const others = ['metadata.annotations', 'metadata.labels', 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'status.hostIPs']
const known: ReadonlySet<string> = new Set([...paths.Variable, ...others])
const subscripted = ['metadata.annotations', 'metadata.labels']
const resources = ['cpu', 'ephemeral-storage', 'memory']
const resourceNames = ['limits', 'requests'].flatMap((kind) => resources.map((resource) => `${kind}.${resource}`))

/** Why a field of the pod cannot be the content of a variable or a file. Source: Kubernetes docs, Downward API. */
export function fieldRefProblems(
  field: string,
  { apiVersion, fieldPath }: ObjectFieldSelector,
  of: keyof typeof paths,
): readonly StatusCause[] {
  if (!apiVersion) return [requiredValue(`${field}.apiVersion`)]
  if (!fieldPath) return [requiredValue(`${field}.fieldPath`)]
  const [, path, subscript] = /^(.+?)\['(.*)'\]$/s.exec(fieldPath) ?? []
  const why = conversionProblem(apiVersion, fieldPath, path)
  if (why !== undefined) return [invalidValue(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`)]
  if (path !== undefined && subscript !== undefined) {
    return problem(field, subscript, labelKeyProblem(path === 'metadata.annotations' ? subscript.toLowerCase() : subscript))
  }
  const name = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  if ((paths[of] as readonly string[]).includes(name) || (of === 'Variable' && name === 'status.hostIPs')) return []
  return [unsupportedValue(`${field}.fieldPath`, name, paths[of])]
}

function conversionProblem(apiVersion: string, fieldPath: string, subscriptedPath: string | undefined): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`
  if (subscriptedPath !== undefined) {
    return subscripted.includes(subscriptedPath) ? undefined : `field label does not support subscript: ${fieldPath}`
  }
  return known.has(fieldPath) || fieldPath === 'spec.host' ? undefined : `field label not supported: ${fieldPath}`
}

/** Why a resource of a container cannot be the content of a variable or a file, which has to say of which container. */
export function resourceRefProblems(
  field: string,
  { containerName, resource }: ResourceFieldSelector,
  of: keyof typeof paths,
): readonly StatusCause[] {
  if (of === 'File' && !containerName) return [requiredValue(`${field}.containerName`)]
  if (!resource) return [requiredValue(`${field}.resource`)]
  const isKnown = resourceNames.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)
  return isKnown ? [] : [unsupportedValue(`${field}.resource`, resource, resourceNames)]
}

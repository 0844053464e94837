import type { ResourceType } from '../../api/resource-type.ts'
import { authenticationResources, authorizationResources, certificatesResources, rbacResources } from './access-resources.ts'
import { coreResources } from './core-resources.ts'
import { admissionResources, apiExtensionsResources, apiRegistrationResources, flowControlResources } from './extension-resources.ts'
import {
  coordinationResources,
  discoveryResources,
  eventsResources,
  metricsResources,
  networkingResources,
  nodeResources,
  resourceClaimResources,
  schedulingResources,
  storageResources,
} from './infrastructure-resources.ts'
import { type ResourceRow, resourceOfRow } from './resource-row.ts'
import { appsResources, autoscalingResources, batchResources, extensionsResources, policyResources } from './workload-resources.ts'

/** In the order in which `/apis` names the groups. Source: kube-apiserver, priorities of the built-in APIServices. */
const rowsByGroup: Readonly<Record<string, readonly ResourceRow[]>> = {
  '': coreResources,
  'apiregistration.k8s.io': apiRegistrationResources,
  apps: appsResources,
  'events.k8s.io': eventsResources,
  'authentication.k8s.io': authenticationResources,
  'authorization.k8s.io': authorizationResources,
  autoscaling: autoscalingResources,
  batch: batchResources,
  'certificates.k8s.io': certificatesResources,
  'networking.k8s.io': networkingResources,
  extensions: extensionsResources,
  policy: policyResources,
  'rbac.authorization.k8s.io': rbacResources,
  'storage.k8s.io': storageResources,
  'admissionregistration.k8s.io': admissionResources,
  'apiextensions.k8s.io': apiExtensionsResources,
  'scheduling.k8s.io': schedulingResources,
  'coordination.k8s.io': coordinationResources,
  'node.k8s.io': nodeResources,
  'discovery.k8s.io': discoveryResources,
  'resource.k8s.io': resourceClaimResources,
  'flowcontrol.apiserver.k8s.io': flowControlResources,
  'metrics.k8s.io': metricsResources,
}

/**
 * The built-in resources that a server of one minor of Kubernetes 1 serves by default (14 to 37). Each has all its versions, so that the
 * form in which it is stored is the same for every minor; `versionsServed` says which of them a minor serves.
 * Alpha versions are not among them, nor beta versions that are off until somebody turns them on.
 * Source: Kubernetes API reference by version; deprecated API migration guide.
 */
export function resourceTypes(minor: number): readonly ResourceType[] {
  return Object.entries(rowsByGroup).flatMap(([group, rows]) => rows.flatMap((row) => resourceOfRow(group, row, minor) ?? []))
}

/** The versions of a type that a minor serves, newest first. */
export function versionsServed(type: Pick<ResourceType, 'versions'>, minor: number): readonly string[] {
  return type.versions
    .filter(({ fromMinor, toMinor = Number.POSITIVE_INFINITY }) => fromMinor <= minor && minor <= toMinor)
    .map(({ version }) => version)
}

import { type StructuralSchema, structuralSchema } from '../kubernetes/structural-schema.ts'
import { PlanSpec } from './plan-spec.ts'
import { PlanStatus } from './plan-status.ts'

/** What `kubectl get plans` shows, in this order; Applying only with `-o wide`. */
const printerColumns = [
  { jsonPath: '.spec.upgrade.image', name: 'Image', type: 'string' },
  { jsonPath: '.spec.channel', name: 'Channel', type: 'string' },
  { jsonPath: '.spec.version', name: 'Version', type: 'string' },
  { jsonPath: ".status.conditions[?(@.type=='Complete')].status", name: 'Complete', type: 'string' },
  { jsonPath: ".status.conditions[?(@.message!='')].message", name: 'Message', type: 'string' },
  { jsonPath: '.status.applying', name: 'Applying', priority: 10, type: 'string' },
]

/** The schema of a whole Plan. Neither `spec` nor `status` is required; `parsePlan` tells of a Plan without a spec. */
export function planSchema(): StructuralSchema {
  return {
    description: 'A Plan runs a Job on each of the selected nodes, to upgrade it or to do other work on it.',
    properties: {
      apiVersion: { description: 'Version of the schema of this object.', type: 'string' },
      kind: { description: 'Kind of this object: Plan.', type: 'string' },
      metadata: { type: 'object' },
      spec: structuralSchema(PlanSpec),
      status: structuralSchema(PlanStatus),
    },
    type: 'object',
  }
}

/**
 * The CustomResourceDefinition of Plans (`apiextensions.k8s.io/v1`), made from the schemas that also read them.
 *
 * Source: system-upgrade-controller v0.20, whose names, columns, types and required fields are kept; descriptions are Falkirk's.
 */
export function planCrd(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      annotations: { 'controller-gen.kubebuilder.io/version': 'v0.21.0' },
      name: 'plans.upgrade.cattle.io',
    },
    spec: {
      group: 'upgrade.cattle.io',
      names: { kind: 'Plan', listKind: 'PlanList', plural: 'plans', singular: 'plan' },
      scope: 'Namespaced',
      versions: [
        {
          additionalPrinterColumns: printerColumns,
          name: 'v1',
          schema: { openAPIV3Schema: planSchema() },
          served: true,
          storage: true,
          subresources: { status: {} },
        },
      ],
    },
  }
}

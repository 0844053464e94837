import { type StructuralSchema, structuralSchema } from '../../kubernetes/structural-schema.ts'
import { ClusterUpgradeSpec } from './upgrade-spec.ts'
import { ClusterUpgradeStatus } from './upgrade-status.ts'

/** What `kubectl get clusterupgrades` shows, in this order; the last ones only with `-o wide`. */
const printerColumns = [
  { jsonPath: '.spec.version', name: 'Version', type: 'string' },
  { jsonPath: '.status.phase', name: 'Phase', type: 'string' },
  { jsonPath: '.status.hop.version', name: 'Hop', type: 'string' },
  { jsonPath: '.status.progress.controlPlane', name: 'Control-Plane', type: 'string' },
  { jsonPath: '.status.progress.nodes', name: 'Nodes', type: 'string' },
  { jsonPath: '.metadata.creationTimestamp', name: 'Age', type: 'date' },
  { jsonPath: '.status.message', name: 'Message', priority: 1, type: 'string' },
]

function upgradeSchema(): StructuralSchema {
  return {
    description:
      'A ClusterUpgrade brings a whole cluster to a version: hop by hop, control plane first, then node pools in growing batches.',
    properties: {
      apiVersion: { description: 'Version of the schema of this object.', type: 'string' },
      kind: { description: 'Kind of this object: ClusterUpgrade.', type: 'string' },
      metadata: { type: 'object' },
      spec: keepUnknownFields(structuralSchema(ClusterUpgradeSpec)),
      status: structuralSchema(ClusterUpgradeStatus),
    },
    required: ['spec'],
    type: 'object',
  }
}

/** What is below these is written as in a Plan, and pruned as in a Plan. */
const asInPlans: ReadonlySet<string> = new Set(['upgrade'])

/** Unknown fields stay, at every depth, so that the controller can refuse them: dropped ones would be accepted and ignored. */
function keepUnknownFields(schema: StructuralSchema): StructuralSchema {
  const { properties, items } = schema
  if (items !== undefined) return { ...schema, items: keepUnknownFields(items) }
  if (properties === undefined) return schema
  const kept = Object.entries(properties).map(([name, field]) => {
    return [name, asInPlans.has(name) ? { ...field, 'x-kubernetes-preserve-unknown-fields': true } : keepUnknownFields(field)] as const
  })
  return { ...schema, properties: Object.fromEntries(kept), 'x-kubernetes-preserve-unknown-fields': true }
}

/** The CustomResourceDefinition of ClusterUpgrades (`apiextensions.k8s.io/v1`), made from the schemas that also read them. */
export function upgradeCrd(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'clusterupgrades.falkirk.dev' },
    spec: {
      group: 'falkirk.dev',
      names: {
        kind: 'ClusterUpgrade',
        listKind: 'ClusterUpgradeList',
        plural: 'clusterupgrades',
        shortNames: ['cup'],
        singular: 'clusterupgrade',
      },
      scope: 'Cluster',
      versions: [
        {
          additionalPrinterColumns: printerColumns,
          name: 'v1alpha1',
          schema: { openAPIV3Schema: upgradeSchema() },
          served: true,
          storage: true,
          subresources: { status: {} },
        },
      ],
    },
  }
}

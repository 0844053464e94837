import type { Node, Pod, Service } from 'kubernetes-types/core/v1'
import { generatedName } from '../../api/object-name.ts'
import { newSlice } from '../../controllers/endpoint-slices/endpoint-slice-controller.ts'
import { planSlices } from '../../controllers/endpoint-slices/plan-slices.ts'
import { sliceGroups } from '../../controllers/endpoint-slices/slice-endpoints.ts'
import { endpointSubsets } from '../../controllers/endpoints/endpoint-subsets.ts'
import { endpointsLabels } from '../../controllers/endpoints/endpoints-controller.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { ageSeconds, type Ground } from './ground.ts'

/** Until then endpoints name the versions of their pods, which objects have only when they are stored. */
const withoutPodVersionMinor = 22

/** Endpoints and slices of a Service, as their controllers leave them. `pods` by name, as these see them. */
export function addEndpoints(service: KubeObject, members: readonly KubeObject[], ground: Ground): void {
  const { maker, nodeOf } = ground
  const { minor } = maker.shape
  if (minor < withoutPodVersionMinor) return
  const byName = [...members].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map((pod) => as<Pod>(pod))
  const { name, namespace } = service.metadata
  const labels = endpointsLabels(service, minor)
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(Object.keys(labels).length === 0 ? {} : { labels }) }
  const subsets = endpointSubsets(as<Service>(service), byName, minor)
  maker.make('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets }, ageSeconds)
  const groups = sliceGroups({ service: as<Service>(service), pods: byName, minor, nodeOf: (node) => nodeOf(node) as Node | undefined })
  for (const group of planSlices(groups, []).create) {
    const draft = newSlice(service, group)
    const named = { ...draft.metadata, name: generatedName(draft.metadata?.generateName ?? '', maker.random) }
    maker.make('endpointslices.discovery.k8s.io', { ...draft, metadata: named }, ageSeconds)
  }
}

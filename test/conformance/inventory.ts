import { access } from './areas/access.ts'
import { admission } from './areas/admission.ts'
import { applies } from './areas/apply.ts'
import { badInput } from './areas/bad-input.ts'
import { customResources } from './areas/custom-resources.ts'
import { defaults } from './areas/defaults.ts'
import { deletion } from './areas/deletion.ts'
import { disruption } from './areas/disruption.ts'
import { kubectl } from './areas/kubectl.ts'
import { lists } from './areas/lists.ts'
import { namespaces } from './areas/namespaces.ts'
import { nodesArea } from './areas/nodes.ts'
import { objects } from './areas/objects.ts'
import { patches } from './areas/patches.ts'
import { quotas } from './areas/quotas.ts'
import { representations } from './areas/representations.ts'
import { scheduling } from './areas/scheduling.ts'
import { subresources } from './areas/subresources.ts'
import { validation } from './areas/validation.ts'
import { watches } from './areas/watches.ts'
import { workloads } from './areas/workloads.ts'
import type { Area } from './conformance-case.ts'

/** Cases about requests alone: any cluster can be asked them. */
export const requestAreas: readonly Area[] = [
  objects,
  patches,
  applies,
  lists,
  watches,
  subresources,
  defaults,
  validation,
  badInput,
  customResources,
  representations,
  access,
]

/** Cases that go on beside each other, each in a namespace of its own. The first takes longest; kinds that come and go disturb who asks which there are. */
export const concurrentAreas: readonly Area[] = [deletion, ...requestAreas, disruption, admission, quotas, workloads, kubectl]

/** Cases that tell of all nodes or all kinds of a cluster, one after another. */
export const exclusiveAreas: readonly Area[] = [scheduling, namespaces]

/** Cases that add a node of their own: all others would see it, these do not mind. */
export const nodeAreas: readonly Area[] = [nodesArea]

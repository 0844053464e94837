import type { JsonObject } from '../../api/patch/json-object.ts'
import { fillIn, type KindConversion, mapPart, part } from './kind-conversion.ts'

/** What `int32` cannot exceed: the old way to say never. */
const never = 2_147_483_647

/** Versions of workloads that 1.16 took away: the same form, with defaults of their own. Source: Kubernetes deprecation guide, 1.16. */
export const oldWorkloads: Readonly<Record<string, KindConversion>> = {
  'Deployment.extensions/v1beta1': defaulting(
    { revisionHistoryLimit: never, progressDeadlineSeconds: never, strategy: { type: 'RollingUpdate' } },
    { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
  ),
  'Deployment.apps/v1beta1': defaulting({ revisionHistoryLimit: 2 }),
  'DaemonSet.extensions/v1beta1': defaulting({ updateStrategy: { type: 'OnDelete' } }),
  'ReplicaSet.extensions/v1beta1': defaulting({}),
  'StatefulSet.apps/v1beta1': defaulting({ updateStrategy: { type: 'OnDelete' } }),
}

/** Fills in a spec, and the selector from the labels of the template; `rolling` where the strategy is RollingUpdate. */
function defaulting(defaults: JsonObject, rolling: JsonObject = {}): KindConversion {
  return {
    toStored: (object) =>
      mapPart(object, 'spec', (given) => {
        const labels = part(part(given, 'template'), 'metadata').labels
        const selector = labels === undefined ? {} : { selector: { matchLabels: labels } }
        const spec = fillIn(given, { ...defaults, ...selector })
        return part(spec, 'strategy').type === 'RollingUpdate' ? fillIn(spec, rolling) : spec
      }),
  }
}

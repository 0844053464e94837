import admissionregistration from './kubernetes/admissionregistration.json' with { type: 'json' }
import apiextensions from './kubernetes/apiextensions.json' with { type: 'json' }
import apiregistration from './kubernetes/apiregistration.json' with { type: 'json' }
import apps from './kubernetes/apps.json' with { type: 'json' }
import authentication from './kubernetes/authentication.json' with { type: 'json' }
import authorization from './kubernetes/authorization.json' with { type: 'json' }
import autoscaling from './kubernetes/autoscaling.json' with { type: 'json' }
import batch from './kubernetes/batch.json' with { type: 'json' }
import certificates from './kubernetes/certificates.json' with { type: 'json' }
import coordination from './kubernetes/coordination.json' with { type: 'json' }
import core from './kubernetes/core.json' with { type: 'json' }
import discovery from './kubernetes/discovery.json' with { type: 'json' }
import events from './kubernetes/events.json' with { type: 'json' }
import extensions from './kubernetes/extensions.json' with { type: 'json' }
import flowcontrol from './kubernetes/flowcontrol.json' with { type: 'json' }
import meta from './kubernetes/meta.json' with { type: 'json' }
import metrics from './kubernetes/metrics.json' with { type: 'json' }
import networking from './kubernetes/networking.json' with { type: 'json' }
import node from './kubernetes/node.json' with { type: 'json' }
import policy from './kubernetes/policy.json' with { type: 'json' }
import rbac from './kubernetes/rbac.json' with { type: 'json' }
import resource from './kubernetes/resource.json' with { type: 'json' }
import scheduling from './kubernetes/scheduling.json' with { type: 'json' }
import storage from './kubernetes/storage.json' with { type: 'json' }

const rooms = [
  ...[admissionregistration, apiextensions, apiregistration, apps, authentication, authorization, autoscaling, batch, certificates],
  ...[
    coordination,
    core,
    discovery,
    events,
    extensions,
    flowcontrol,
    meta,
    metrics,
    networking,
    node,
    policy,
    rbac,
    resource,
    scheduling,
    storage,
  ],
]

/** One line a field, by type (`core/v1.PodSpec`); `field-line.ts` reads a line. Written by `scripts/kubernetes-fields.mjs`. */
export const fieldLines: Readonly<Record<string, readonly string[]>> = Object.assign({}, ...rooms)

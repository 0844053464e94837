import type { SomeObject } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { ended } from '../job-deadline.ts'
import { course, daemonSet, deployment, job, podSpec, podTemplate, replicaSet, service, statefulSet } from '../objects.ts'
import type { Steps } from '../steps.ts'
import { toldOf } from '../told-events.ts'

type Fields = Readonly<Record<string, unknown>>

const merge = 'application/merge-patch+json'
const statusOf = { pick: ({ status }: SomeObject) => status }
const whole = {
  pick: ({ metadata, spec, status }: SomeObject) => ({ generation: metadata.generation, annotations: metadata.annotations, spec, status }),
}

function change(c: Steps, path: string, body: unknown) {
  return c.quietly('PATCH', path, { body, contentType: merge })
}

function rolledOut(c: Steps, path: string, replicas: number) {
  return c.until(
    path,
    ({ status, metadata }) =>
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === replicas &&
      status.replicas === replicas &&
      status.availableReplicas === replicas,
    statusOf,
  )
}

async function setsOf(c: Steps): Promise<void> {
  const { body } = await c.quietly('GET', 'apps/v1:replicasets')
  const sets = (body as SomeObject).items.map(({ metadata, spec, status }) => ({
    annotations: metadata.annotations,
    replicas: spec.replicas,
    image: spec.template.spec.containers[0].image,
    status: { ...status, observedGeneration: status.observedGeneration === metadata.generation },
  }))
  c.note(
    'ReplicaSets',
    sets.sort((left, right) =>
      String(left.annotations?.['deployment.kubernetes.io/revision']).localeCompare(
        String(right.annotations?.['deployment.kubernetes.io/revision']),
      ),
    ),
  )
}

/** A Job that ends may be looked at once more before its controller has seen the end: it then counts anew, without the pods that it has deleted. */
const hasEnded = ({ status }: SomeObject) => status.conditions !== undefined

const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } } })
const failing = (code: string) => ({
  metadata: course({ 'run-seconds': '0.1', 'exit-code': code }),
  spec: podSpec({ restartPolicy: 'Never' }),
})

/** Controllers of workloads: what they make of a spec, and what they say. */
export const workloads = area('Workloads', {
  'a Deployment gets a ReplicaSet, pods and a status': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2 }))
    await c.until(
      'apps/v1:deployments/web',
      ({ status }) =>
        status.availableReplicas === 2 && status.conditions?.some((one: { reason: string }) => one.reason === 'NewReplicaSetAvailable'),
      whole,
    )
    await setsOf(c)
    await toldOf(c, 'Deployment', 1)
    await toldOf(c, 'ReplicaSet', 1)
  },
  'a new image is rolled out, and the old ReplicaSet is kept': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2 }))
    await rolledOut(c, 'apps/v1:deployments/web', 2)
    await change(c, 'apps/v1:deployments/web', image('other:2'))
    await rolledOut(c, 'apps/v1:deployments/web', 2)
    await setsOf(c)
  },
  'going back to a template reuses its ReplicaSet': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 1 }))
    await rolledOut(c, 'apps/v1:deployments/web', 1)
    await change(c, 'apps/v1:deployments/web', image('other:2'))
    await rolledOut(c, 'apps/v1:deployments/web', 1)
    await change(c, 'apps/v1:deployments/web', image('registry.k8s.io/pause:3.9'))
    await rolledOut(c, 'apps/v1:deployments/web', 1)
    await setsOf(c)
  },
  'Recreate takes the old pods away first': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2, strategy: { type: 'Recreate' } }))
    await rolledOut(c, 'apps/v1:deployments/web', 2)
    await change(c, 'apps/v1:deployments/web', image('other:2'))
    await rolledOut(c, 'apps/v1:deployments/web', 2)
    await toldOf(c, 'Deployment', 3)
  },
  'a paused Deployment waits': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 1 }))
    await rolledOut(c, 'apps/v1:deployments/web', 1)
    await change(c, 'apps/v1:deployments/web', { spec: { paused: true } })
    await change(c, 'apps/v1:deployments/web', image('other:2'))
    await c.until(
      'apps/v1:deployments/web',
      ({ status }) =>
        status.observedGeneration === 3 && status.conditions.some((one: { reason: string }) => one.reason === 'DeploymentPaused'),
      statusOf,
    )
    await setsOf(c)
  },
  'a rollout that does not progress says so': async (c) => {
    await c.make(
      'apps/v1:deployments',
      deployment('web', { replicas: 1, progressDeadlineSeconds: 2, template: podTemplate('web', { schedulerName: 'nobody' }) }),
    )
    await c.until(
      'apps/v1:deployments/web',
      ({ status }) =>
        status.updatedReplicas === 1 && status.conditions?.some((one: { reason: string }) => one.reason === 'ProgressDeadlineExceeded'),
      statusOf,
    )
  },
  'only so many old ReplicaSets are kept': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 1, revisionHistoryLimit: 1 }))
    for (const name of ['a:1', 'b:1', 'd:1']) {
      await rolledOut(c, 'apps/v1:deployments/web', 1)
      await c.apart()
      await change(c, 'apps/v1:deployments/web', image(name))
    }
    await rolledOut(c, 'apps/v1:deployments/web', 1)
    await c.until('apps/v1:replicasets', ({ items }) => items.length === 2, { pick: ({ items }) => items.length })
    await setsOf(c)
  },
  'a Deployment is scaled to nothing and back': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2 }))
    await rolledOut(c, 'apps/v1:deployments/web', 2)
    await change(c, 'apps/v1:deployments/web', { spec: { replicas: 0 } })
    await c.until('apps/v1:deployments/web', ({ status }) => status.replicas === undefined, statusOf)
    await toldOf(c, 'Deployment', 2)
  },
  'a ReplicaSet replaces what is deleted and says how many there are': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('set', { replicas: 2 }))
    await c.until('apps/v1:replicasets/set', ({ status }) => status.availableReplicas === 2, statusOf)
    const { body } = await c.quietly('GET', 'pods')
    const gone = (body as SomeObject).items[0]?.metadata.name
    await c.quietly('DELETE', `pods/${gone}`)
    await c.until('pods', ({ items }) => items.length === 2 && items.every(({ metadata }) => metadata.name !== gone), {
      pick: ({ items }) => items.length,
    })
    await c.until('apps/v1:replicasets/set', ({ status }) => status.replicas === 2 && status.availableReplicas === 2, statusOf)
    await toldOf(c, 'ReplicaSet', 1)
  },
  'a ReplicaSet adopts what fits and lets go what no longer does': async (c) => {
    await c.make('pods', { metadata: { name: 'stray', labels: { app: 'set' } }, spec: podSpec() })
    // so that it is known to all when somebody looks for it
    await c.until('pods/stray', ({ status }) => status.phase === 'Running', { pick: ({ status }) => status.phase })
    await c.make('apps/v1:replicasets', replicaSet('set', { replicas: 1 }))
    await c.until('pods/stray', ({ metadata }) => metadata.ownerReferences !== undefined, {
      pick: ({ metadata }) => metadata.ownerReferences,
    })
    await change(c, 'pods/stray', { metadata: { labels: { app: 'other' } } })
    await c.until('pods/stray', ({ metadata }) => metadata.ownerReferences === undefined, {
      pick: ({ metadata }) => metadata.ownerReferences ?? 'free',
    })
  },
  'pods of a template look like it': async (c) => {
    await c.make(
      'apps/v1:replicasets',
      replicaSet('set', {
        replicas: 1,
        template: podTemplate('set', { schedulerName: 'nobody' }, { annotations: { a: 'b' }, finalizers: ['x/y'] }),
      }),
    )
    await c.until('pods', ({ items }) => items.length === 1, {
      pick: ({ items }) => ({ metadata: { ...items[0]?.metadata, managedFields: undefined }, spec: items[0]?.spec }),
    })
    const { body } = await c.quietly('GET', 'pods')
    await change(c, `pods/${(body as SomeObject).items[0]?.metadata.name}`, { metadata: { finalizers: null } })
  },
  'a StatefulSet makes its pods in order': async (c) => {
    const watch = await c.watch('pods?watch=true')
    await c.make('apps/v1:statefulsets', statefulSet('db', { replicas: 3 }))
    await c.until('apps/v1:statefulsets/db', ({ status }) => status.readyReplicas === 3 && status.updatedReplicas === 3, statusOf)
    const ready = (object: SomeObject) =>
      object.status.conditions?.some((one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True')
    await watch.until((seen) => seen.some(({ object }) => object.metadata.name === 'db-2' && ready(object)))
    c.note(
      'order',
      [
        ...new Set(
          watch.events.map(({ type, object }) => `${type === 'ADDED' ? 'made' : ready(object) ? 'ready' : ''} ${object.metadata.name}`),
        ),
      ].filter((line) => !line.startsWith(' ')),
    )
    const { body } = await c.quietly('GET', 'pods/db-1')
    const { metadata, spec } = body as SomeObject
    c.note('the second', { ...metadata, spec })
    await toldOf(c, 'StatefulSet', 3)
  },
  'a StatefulSet shrinks and rolls out from the end': async (c) => {
    await c.make('apps/v1:statefulsets', statefulSet('db', { replicas: 2 }))
    await c.until('apps/v1:statefulsets/db', ({ status }) => status.readyReplicas === 2, { pick: ({ status }) => status.readyReplicas })
    const watch = await c.watch('pods?watch=true')
    await change(c, 'apps/v1:statefulsets/db', image('other:2'))
    await c.until(
      'apps/v1:statefulsets/db',
      ({ status }) => status.currentRevision === status.updateRevision && status.readyReplicas === 2 && status.observedGeneration === 2,
      statusOf,
    )
    const gone = () => watch.events.filter(({ type }) => type === 'DELETED').map(({ object }) => object.metadata.name)
    await watch.until(() => gone().length >= 2)
    c.note('gone', gone())
    await change(c, 'apps/v1:statefulsets/db', { spec: { replicas: 1 } })
    await c.until('apps/v1:statefulsets/db', ({ status }) => status.replicas === 1 && status.observedGeneration === 3, statusOf)
  },
  'a partition keeps lower ordinals as they are': async (c) => {
    await c.make('apps/v1:statefulsets', statefulSet('db', { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } }))
    await c.until('apps/v1:statefulsets/db', ({ status }) => status.readyReplicas === 2, { pick: ({ status }) => status.readyReplicas })
    await change(c, 'apps/v1:statefulsets/db', image('other:2'))
    await c.until(
      'apps/v1:statefulsets/db',
      ({ status }) => status.updatedReplicas === 1 && status.readyReplicas === 2 && status.observedGeneration === 2,
      { pick: ({ status }) => ({ updated: status.updatedReplicas, current: status.currentReplicas }) },
    )
    const { body } = await c.quietly('GET', 'pods')
    c.note(
      'images',
      (body as SomeObject).items.map(({ metadata, spec }) => [metadata.name, spec.containers[0].image]),
    )
  },
  'claims of a StatefulSet stay when it goes': async (c) => {
    const claim = {
      metadata: { name: 'data' },
      spec: { storageClassName: 'none', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    await c.make('apps/v1:statefulsets', statefulSet('db', { replicas: 1, volumeClaimTemplates: [claim] }))
    await c.until('persistentvolumeclaims/data-db-0', ({ status }) => status.phase === 'Pending')
    await c.quietly('DELETE', 'apps/v1:statefulsets/db')
    await c.until('pods', ({ items }) => items.length === 0, { pick: () => 'gone' })
    await c.get('persistentvolumeclaims/data-db-0')
  },
  'a DaemonSet has a pod on each node that fits': async (c) => {
    await c.make(
      'apps/v1:daemonsets',
      daemonSet('agent', { template: podTemplate('agent', { nodeSelector: { 'topology.kubernetes.io/zone': 'a' } }) }),
    )
    await c.until('apps/v1:daemonsets/agent', ({ status }) => status.numberAvailable === 2 && status.updatedNumberScheduled === 2, whole)
    const { body } = await c.quietly('GET', 'pods')
    const [first] = (body as SomeObject).items
    c.note('tolerations and affinity', [first?.spec.tolerations, first?.spec.affinity !== undefined])
    c.note('where', (body as SomeObject).items.map(({ spec }) => `on ${spec.nodeName}`).sort())
  },
  'a DaemonSet is rolled out, and deleted pods come again': async (c) => {
    await c.make('apps/v1:daemonsets', daemonSet('agent', {}))
    await c.until('apps/v1:daemonsets/agent', ({ status }) => status.numberAvailable === 3, {
      pick: ({ status }) => status.numberAvailable,
    })
    await change(c, 'apps/v1:daemonsets/agent', image('other:2'))
    await c.until(
      'apps/v1:daemonsets/agent',
      ({ status }) => status.updatedNumberScheduled === 3 && status.numberAvailable === 3 && status.observedGeneration === 2,
      statusOf,
    )
    const { body } = await c.quietly('GET', 'apps/v1:controllerrevisions')
    c.note('revisions', (body as { items: { revision: number }[] }).items.map(({ revision }) => revision).sort())
    await toldOf(c, 'DaemonSet', 2)
  },
  'a Job that succeeds': async (c) => {
    await c.make(
      'batch/v1:jobs',
      job('j', { template: { metadata: course({ 'run-seconds': '0.2' }), spec: podSpec({ restartPolicy: 'Never' }) } }),
    )
    await c.until('batch/v1:jobs/j', ({ status }) => status.succeeded === 1 && status.completionTime !== undefined)
    await toldOf(c, 'Job', 2)
  },
  'a Job that fails as often as it may': async (c) => {
    await c.make('batch/v1:jobs', job('j', { backoffLimit: 0, template: failing('3') }))
    await c.until('batch/v1:jobs/j', ({ status }) => status.conditions !== undefined, statusOf)
    await toldOf(c, 'Job', 2)
  },
  'a Job that is too slow is ended': async (c) => {
    const watch = await c.watch('batch/v1:jobs?watch=true')
    await c.make(
      'batch/v1:jobs',
      job('j', {
        activeDeadlineSeconds: 2,
        template: { metadata: course({ 'run-seconds': '100' }), spec: podSpec({ restartPolicy: 'Never' }) },
      }),
    )
    await ended(c, 'batch/v1:jobs/j', 2)
    await c.first(watch, hasEnded, ({ status }) => status)
    await c.until('pods', ({ items }) => items.length === 0, { pick: () => 'gone' })
    await toldOf(c, 'Job', 3)
  },
  'a Job runs in parallel up to its completions': async (c) => {
    await c.make(
      'batch/v1:jobs',
      job('j', {
        parallelism: 2,
        completions: 3,
        template: { metadata: course({ 'run-seconds': '0.2' }), spec: podSpec({ restartPolicy: 'Never' }) },
      }),
    )
    await c.until('batch/v1:jobs/j', ({ status }) => status.succeeded === 3 && status.conditions !== undefined, statusOf)
    const { body } = await c.quietly('GET', 'pods')
    c.note('pods', (body as SomeObject).items.length)
  },
  'a Job restarts containers in place with OnFailure': async (c) => {
    const template: Fields = { metadata: course({ 'run-seconds': '0.1', 'exit-code': '1' }), spec: podSpec({ restartPolicy: 'OnFailure' }) }
    const watch = await c.watch('batch/v1:jobs?watch=true')
    await c.make('batch/v1:jobs', job('j', { backoffLimit: 0, template }))
    await c.first(watch, hasEnded, ({ status }) => status)
  },
  'pods of a Job are labelled and owned': async (c) => {
    await c.make('batch/v1:jobs', job('j', { template: { spec: podSpec({ restartPolicy: 'Never', schedulerName: 'nobody' }) } }))
    await c.until('pods', ({ items }) => items.length === 1, { pick: ({ items }) => ({ ...items[0]?.metadata, managedFields: undefined }) })
    await c.until('batch/v1:jobs/j', ({ status }) => status.active === 1)
  },
  'a CronJob that is suspended makes nothing, and one that is due makes a Job': async (c) => {
    const spec = {
      schedule: '* * * * *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } },
    }
    await c.make('batch/v1beta1:cronjobs', { metadata: { name: 'c' }, spec })
    await c.get('batch/v1:jobs')
    await c.get('batch/v1beta1:cronjobs/c')
  },
  'a Service gets endpoints of ready pods': async (c) => {
    await c.make('services', service('web', { clusterIP: 'None', ports: [{ name: 'http', port: 80, targetPort: 8080 }] }))
    await c.until('endpoints/web', ({ metadata }) => metadata.name === 'web', { pick: () => 'there' })
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2 }))
    await c.until(
      'endpoints/web',
      (object) => (object as unknown as { subsets?: { addresses?: unknown[] }[] }).subsets?.[0]?.addresses?.length === 2,
      {
        pick: (object) =>
          (object as unknown as { subsets: { ports: unknown; addresses: { targetRef: unknown }[] }[] }).subsets.map(
            ({ ports, addresses }) => ({ ports, count: addresses.length }),
          ),
      },
    )
    await c.until(
      'discovery.k8s.io/v1beta1:endpointslices',
      ({ items }) => items.some((slice) => (slice as unknown as { endpoints?: unknown[] | null }).endpoints?.length === 2),
      {
        pick: ({ items }) =>
          items
            .filter((slice) => (slice as unknown as { endpoints?: unknown[] | null }).endpoints?.length)
            .map((slice) => ({
              labels: slice.metadata.labels,
              owners: slice.metadata.ownerReferences,
              ports: (slice as unknown as { ports: unknown }).ports,
              count: (slice as unknown as { endpoints: unknown[] }).endpoints.length,
            })),
      },
    )
  },
  'a pod that is not ready is an endpoint that is not': async (c) => {
    const containers = [{ name: 'main', image: 'x:1', readinessProbe: { tcpSocket: { port: 80 } } }]
    await c.make('services', service('web', { clusterIP: 'None' }))
    await c.make('pods', {
      metadata: { name: 'slow', labels: { app: 'web' }, ...course({ 'ready-seconds': 'never' }) },
      spec: podSpec({ containers }),
    })
    await c.until(
      'endpoints/web',
      (object) => (object as unknown as { subsets?: { notReadyAddresses?: unknown[] }[] }).subsets?.[0]?.notReadyAddresses?.length === 1,
      { pick: (object) => (object as unknown as { subsets: unknown }).subsets },
    )
  },
  'a namespace gets its account and its certificate': async (c) => {
    await c.until('configmaps/kube-root-ca.crt', ({ metadata }) => metadata.name === 'kube-root-ca.crt')
    await c.get('/api/v1/namespaces/{ns}')
  },
})

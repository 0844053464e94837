import { area } from '../conformance-case.ts'
import { budget, configMap, deployment, idlePod, pod, service } from '../objects.ts'

/** What people see: an unmodified kubectl of the same release. */
export const kubectl = area('kubectl', {
  'get of objects that are there, and that are not': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.kubectl('get', 'configmap', 'a', '-o', 'name')
    await c.kubectl('get', 'configmap', 'none')
    await c.kubectl('get', 'widgets')
    await c.kubectl('get', 'secrets', '-l', 'no=thing')
  },
  'get shows columns': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 0 }))
    await c.kubectl('get', 'deployment', 'web', '--no-headers', '-o', 'custom-columns=N:.metadata.name,R:.spec.replicas')
    await c.kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.strategy}')
  },
  'apply creates, leaves and configures': async (c) => {
    const file = (data: string) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"key":"${data}"}}`
    for (const data of ['1', '1', '2']) await c.kubectlWith(file(data), 'apply', '-f', '-')
    await c.kubectlWith(file('3'), 'apply', '--server-side', '-f', '-')
    await c.kubectlWith(file('3'), 'apply', '--server-side', '--force-conflicts', '-f', '-')
    await c.kubectlWith('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"B"}}', 'apply', '-f', '-')
  },
  'label, annotate, patch, scale': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 0 }))
    await c.kubectl('label', 'deployment', 'web', 'a=b')
    await c.kubectl('label', 'deployment', 'web', 'a=c')
    await c.kubectl('annotate', 'deployment', 'web', 'x=y')
    await c.kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":1}}')
    await c.kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":-1}}')
    await c.kubectl('scale', 'deployment', 'web', '--replicas=0', '--current-replicas=5')
    await c.kubectl('set', 'image', 'deployment/web', 'main=other:1')
  },
  'delete says what it does': async (c) => {
    await c.make('configmaps', configMap('a'), configMap('b'))
    await c.kubectl('delete', 'configmap', 'a')
    await c.kubectl('delete', 'configmap', 'a', '--ignore-not-found')
    await c.kubectl('delete', 'configmap', 'b', '--dry-run=server')
  },
  'rollout status and history': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 1 }))
    await c.until('apps/v1:deployments/web', ({ status }) => status.availableReplicas === 1, { pick: () => 'available' })
    await c.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s')
    await c.kubectl('rollout', 'history', 'deployment/web')
    await c.kubectl('rollout', 'restart', 'deployment/web')
  },
  'auth can-i': async (c) => {
    await c.kubectl('auth', 'can-i', 'create', 'pods')
    await c.kubectl('auth', 'can-i', 'create', 'pods', '--as=nobody')
  },
  'wait for a pod': async (c) => {
    await c.make('pods', pod('p'))
    await c.kubectl('wait', '--for=condition=Ready', 'pod/p', '--timeout=30s')
    await c.kubectl('wait', '--for=condition=Ready', 'pod/none', '--timeout=1s')
  },
  'what client and server say together of a bad object': async (c) => {
    await c.kubectlWith('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{}}', 'create', '-f', '-')
    await c.kubectlWith(
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"nonsense":1,"containers":[]}}',
      'create',
      '-f',
      '-',
    )
    await c.kubectlWith('{"apiVersion":"x/v1","kind":"Gadget","metadata":{"name":"p"}}', 'create', '-f', '-')
  },
  'describe of a Service and a budget': async (c) => {
    await c.make('services', service('web', { clusterIP: 'None' }))
    await c.make('policy/v1beta1:poddisruptionbudgets', budget('web', { minAvailable: 1 }))
    await c.make('pods', idlePod('p'))
    await c.kubectl('describe', 'service', 'web')
    await c.kubectl('get', 'pdb', 'web', '-o', 'jsonpath={.spec}')
  },
  'explain reads the documents of the server': async (c) => {
    await c.kubectl('explain', 'poddisruptionbudget.spec.minAvailable')
    await c.kubectl('api-resources', '--api-group=apps', '--no-headers')
  },
  'create by typed commands': async (c) => {
    await c.kubectl('create', 'configmap', 'a', '--from-literal=x=y')
    await c.kubectl('create', 'serviceaccount', 's')
    await c.kubectl('create', 'deployment', 'web', '--image=x:1', '--replicas=0')
    await c.kubectl('run', 'p', '--image=x:1', '--overrides={"spec":{"schedulerName":"nobody"}}')
    await c.kubectl('expose', 'deployment', 'web', '--port=80')
  },
})

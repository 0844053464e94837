import type { Session } from '../session.ts'

/** A Deployment with a Service and a budget, in the form in which people write it. */
const webManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: nginx
          image: nginx:1.19
          ports: [{ containerPort: 80, name: http }]
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 128Mi } }
          env: [{ name: MODE, value: fast }, { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }]
          readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 1 }
          volumeMounts: [{ name: settings, mountPath: /etc/web }]
      volumes: [{ name: settings, configMap: { name: settings, optional: true } }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`

/** The same for servers that have budgets in their final form. */
export function webManifestFor(minor: number): string {
  return minor >= 21 ? webManifest.replace('policy/v1beta1', 'policy/v1') : webManifest
}

interface Subsets {
  readonly subsets?: readonly { readonly addresses?: readonly unknown[] }[]
}

interface Slice {
  readonly endpoints?: readonly { readonly conditions: { readonly ready?: boolean } }[] | null
}

/** Applies it, and waits until all that follows from it is there: controllers tell each other one after another. */
export async function serveWeb(session: Session, minor: number): Promise<void> {
  await session.quietly('apply -f -', { input: webManifestFor(minor) })
  const version = minor >= 21 ? 'v1' : 'v1beta1'
  const within = (group: string) => `/apis/${group}/namespaces/{ns}`
  await session.settled(`${within('apps/v1')}/deployments/web`, ({ status }) => status.availableReplicas === 3)
  await session.settled(
    `${within(`policy/${version}`)}/poddisruptionbudgets/web`,
    ({ status }) => status?.currentHealthy === 3 && status.expectedPods === 3,
  )
  await session.settled('/api/v1/namespaces/{ns}/endpoints/web', (object) => {
    const { subsets = [] } = object as unknown as Subsets
    return subsets.flatMap(({ addresses = [] }) => addresses).length === 3
  })
  await session.settled(`${within(`discovery.k8s.io/${version}`)}/endpointslices?labelSelector=kubernetes.io/service-name=web`, (list) => {
    const slices = list.items as unknown as readonly Slice[]
    return slices.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready === true).length === 3
  })
}

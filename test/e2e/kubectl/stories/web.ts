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

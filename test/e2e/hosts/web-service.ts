/** Port of every node on which the service answers. */
export const webServicePort = 30080

/**
 * A web service as careful people run one: two replicas on different nodes, a budget that lets one of them go at a time, and a pod that
 * answers for a while after it has been told to go, until every node has heard that it leaves. While a node's kube-proxy is replaced it hears nothing.
 */
export function webService(policyVersion: 'v1' | 'v1beta1'): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 9
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector: { matchLabels: { app: web } }
      containers:
      - name: web
        image: busybox:1
        command: [sh, -c, "echo served > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"]
        ports: [{ containerPort: 8080 }]
        readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
        lifecycle: { preStop: { exec: { command: [sleep, "6"] } } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: ${webServicePort} }]
---
apiVersion: policy/${policyVersion}
kind: PodDisruptionBudget
metadata: { name: web }
spec:
  minAvailable: 1
  selector: { matchLabels: { app: web } }
`
}

import type { Story } from '../story.ts'
import { serveWeb, webManifestFor } from './web.ts'

export const rollouts: readonly Story[] = [
  {
    title: 'scale, rollout and wait',
    async run(session, { server, client }) {
      await session.run('apply -f -', { input: webManifestFor(server) })
      await session.run('rollout status deployment/web --timeout=60s', { without: /Waiting for/ })
      await session.run('wait --for=condition=Available deployment/web --timeout=60s')
      await session.run('scale deployment web --replicas=4')
      await session.run('scale deployment web --current-replicas=1 --replicas=2')
      await session.run('get deployment web', { until: /4\/4/ })
      await session.run('scale deployment nothing --replicas=2')
      await session.run('set image deployment/web nginx=nginx:1.20')
      await session.run('rollout status deployment web', { without: /Waiting for/ })
      await session.run('rollout history deployment/web')
      await session.run('rollout history deployment/web --revision=2')
      await session.run('rollout undo deployment/web')
      await session.run('rollout status deployment web', { without: /Waiting for/ })
      await session.run("get deployment web -o jsonpath='{.spec.template.spec.containers[0].image}'")
      await session.run('rollout pause deployment/web')
      await session.run('rollout pause deployment/web')
      await session.run('rollout restart deployment/web')
      await session.run('rollout resume deployment/web')
      await session.run('rollout restart deployment/web')
      await session.run('rollout status deployment web', { without: /Waiting for/ })
      await session.run('rollout undo deployment/web --to-revision=9')
      await session.run('rollout history deployment/web')
      await session.run('set resources deployment/web -c nginx --requests=cpu=50m')
      await session.run('autoscale deployment web --min=1 --max=4')
      await session.run('wait --for=condition=Nothing deployment/web --timeout=3s')
      await session.run('wait --for=delete deployment/web --timeout=3s')
      if (client >= 23) await session.run("wait --for=jsonpath='{.spec.replicas}'=4 deployment/web --timeout=5s")
      await session.run('delete deployment web --cascade=foreground')
      await session.run('wait --for=delete pod -l app=web --timeout=30s', { sorted: true, onlyExitCode: true })
      await session.run('get rs,pods', { until: /No resources/ })
    },
  },
  {
    title: 'cordon, taint, drain and uncordon',
    beside: 'Alone',
    async run(session, { server }) {
      await serveWeb(session, server)
      await session.run('cordon node-1')
      await session.run('cordon node-1')
      await session.run('get node node-1')
      await session.run('drain node-1 --dry-run=server --ignore-daemonsets --pod-selector=app=web', { sorted: true, onlyExitCode: true })
      await session.run('drain node-1 --ignore-daemonsets --pod-selector=app=web', {
        sorted: true,
        without: /evicting pod|error when evicting|evicted$|WARNING|Warning/,
      })
      await session.run('get pods --field-selector=spec.nodeName=node-1')
      await session.run('uncordon node-1')
      await session.run('uncordon node-1')
      await session.run('taint node node-2 colour=red:NoSchedule')
      await session.run('taint node node-2 colour=red:NoSchedule')
      await session.run("get node node-2 -o jsonpath='{.spec.taints}'")
      await session.run('taint node node-2 colour=blue:NoSchedule')
      await session.run('taint node node-2 colour=blue:NoSchedule --overwrite')
      await session.run('taint node node-2 colour:NoSchedule-')
      await session.run('taint node node-2 colour:NoSchedule-')
      await session.run('label node node-3 disk=fast')
      await session.run('get nodes -l disk=fast -o name')
      await session.run('label node node-3 disk-')
      await session.run('run bare --image=nginx --overrides=\'{"spec":{"nodeName":"node-3"}}\'')
      await session.quietly('wait --for=condition=Ready pod/bare --timeout=60s')
      await session.run('drain node-3 --ignore-daemonsets', { sorted: true, onlyExitCode: true })
      await session.run('drain node-3 --ignore-daemonsets --force --pod-selector=run=bare --grace-period=1', { onlyExitCode: true })
      await session.run('get pod bare')
      await session.run('uncordon node-3')
      await session.run('drain nothing')
      await session.run('delete pdb web')
    },
  },
  {
    title: 'what a server has',
    async run(session, { server }) {
      await session.run('api-resources', { sorted: true, without: /metrics\.k8s\.io/ })
      await session.run('api-resources --namespaced=false -o name', { sorted: true, without: /metrics\.k8s\.io/ })
      await session.run('api-resources --api-group=apps --verbs=list,watch')
      await session.run('api-versions', { without: /metrics\.k8s\.io/ })
      await session.run('explain deployment.spec.replicas', { onlyExitCode: true })
      await session.run('explain pod.spec --recursive', { onlyExitCode: true })
      await session.run('explain pdb.spec.nothing')
      await session.run('explain nothing')
      await session.run('cluster-info', { onlyExitCode: true })
      await session.run('version', { onlyExitCode: true })
      await session.run(`create -f - ${server >= 25 ? '--validate=strict' : ''}`, {
        input: 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: a, colour: red }] }\n',
      })
      await session.run('create -f -', { input: 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: {}\n' })
      await session.run('create -f -', { input: 'apiVersion: v1\n  kind: [\n' })
    },
  },
]

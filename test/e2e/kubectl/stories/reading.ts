import type { Story } from '../story.ts'
import { serveWeb } from './web.ts'

const talker = `apiVersion: v1
kind: Pod
metadata: { name: talker }
spec:
  nodeName: node-2
  containers: [{ name: main, image: 'busybox:1', imagePullPolicy: IfNotPresent }]
`

export const reading: readonly Story[] = [
  {
    title: 'get: columns and selectors',
    beside: 'Alone',
    async run(session, { server }) {
      await serveWeb(session, server)
      await session.run('get nodes')
      await session.run('get nodes -o wide', { without: /^NAME/ })
      await session.run('get nodes -o name')
      await session.run('get node node-1 --show-labels')
      await session.run('get nodes -L topology.kubernetes.io/zone,kubernetes.io/arch')
      await session.run('get pods', { sorted: true })
      await session.run('get pods -o name', { sorted: true })
      await session.run('get pods --show-labels', { sorted: true })
      await session.run('get pods -l app=web --no-headers', { sorted: true })
      await session.run("get pods -l 'app in (web,db),!gone' -o name", { sorted: true })
      await session.run('get pods -l app!=web')
      await session.run('get pods --field-selector=status.phase=Running --no-headers', { sorted: true })
      await session.run('get pods --field-selector=status.phase!=Running')
      await session.run('get pods --field-selector=spec.nodeName=')
      await session.run('get pods --field-selector=spec.colour=red')
      await session.run('get deployment,rs,svc,pdb', { sorted: true })
      await session.run('get deployment web -o wide')
      await session.run('get svc web -o wide')
      await session.run('get endpoints web', { without: /^Warning/ })
      await session.run('get deploy/web svc/web', { sorted: true })
      await session.run('get pdb web -o wide')
      await session.run('get namespaces {ns}')
    },
  },
  {
    title: 'get: forms of output',
    async run(session, { server }) {
      await serveWeb(session, server)
      await session.run(
        "get deployment web -o jsonpath='{.spec.replicas} {.status.readyReplicas} {.spec.template.spec.containers[*].image}'",
      )
      await session.run('get pods -o jsonpath=\'{range .items[*]}{.status.phase}{"\\n"}{end}\'')
      await session.run(
        "get deployment -o 'custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image,NONE:.spec.nothing'",
      )
      await session.run("get deployment web -o 'go-template={{.metadata.name}}: {{.spec.replicas}}'")
      await session.run('get pods --sort-by=.metadata.name --no-headers')
      await session.run('get deployment web -o yaml')
      await session.run('get service web -o json')
      await session.run('get pdb web -o yaml')
      await session.run('get pods nothing')
      await session.run('get pods nothing --ignore-not-found')
      await session.run('get nothing')
      await session.run('get pods web extra', { sorted: true })
      await session.run('get cs', { onlyExitCode: true })
      await session.run('get pods --chunk-size=1 -o name', { sorted: true })
      await session.run('get --raw /healthz')
      await session.run('get --raw /api/v1/namespaces/{ns}/nothing')
    },
  },
  {
    title: 'watching',
    async run(session) {
      await session.quietly('create configmap first')
      await session.follow('get configmaps -w', /second[\s\S]*second[\s\S]*second/, async () => {
        await session.quietly('create configmap second')
        await session.quietly('label configmap second a=b')
        await session.quietly('patch configmap second -p \'{"data":{"a":"b"}}\'')
      })
      await session.follow('get configmaps -w --output-watch-events -l !gone', /DELETED/, async () => {
        await session.quietly('create configmap third')
        await session.quietly('delete configmap third')
      })
      await session.follow('get configmaps --watch-only -l a=c --output-watch-events', /DELETED/, async () => {
        await session.quietly('label configmap second --overwrite a=c')
        await session.quietly('label configmap second --overwrite a=d')
      })
    },
  },
  {
    title: 'describe',
    beside: 'Alone',
    async run(session, { server }) {
      await serveWeb(session, server)
      const told = (reason: string) => `/api/v1/namespaces/{ns}/events?fieldSelector=reason=${reason}`
      await session.settled(told('ScalingReplicaSet'), ({ items }) => items.length === 1)
      await session.settled(told('SuccessfulCreate'), ({ items }) => items.length === 3)
      const withoutEvents = /^\s+(Normal|Warning)\s|PodCIDR/
      await session.run('describe deployment web')
      // whether two writes of its slices met is chance, and told as a warning
      await session.run('describe service web', { without: /FailedToUpdateEndpointSlices|^Events:|^ {2}Type|^ {2}----/ })
      // whether its pods were there when it was first looked at is chance
      await session.run('describe pdb web', { without: /NoPods|^Events:|^ {2}Type|^ {2}----/ })
      const pod = (await session.quietly('get pods -o name')).split('\n')[0] ?? ''
      await session.run(`describe ${pod}`, { without: /Node:|^ {2}(Normal|Warning) / })
      await session.run('describe rs -l app=web', { sorted: true })
      await session.run('describe node node-1', { without: withoutEvents })
      await session.run('describe namespace {ns}')
      await session.run('describe pod nothing')
    },
  },
  {
    title: 'events and logs',
    async run(session) {
      await session.run('create -f -', { input: talker })
      await session.quietly('wait --for=condition=Ready pod/talker --timeout=60s')
      await session.run('get pod talker')
      await session.run('logs talker -c nothing')
      await session.run('logs nothing')
      await session.run('get events --field-selector=involvedObject.name=talker,reason=Started', { until: /Started/ })
      await session.run('get events --field-selector=reason=Nothing')
      await session.run('get events --field-selector=involvedObject.name=talker -o jsonpath=\'{range .items[*]}{.reason}{"\\n"}{end}\'', {
        sorted: true,
        without: /Pull/,
      })
    },
  },
]

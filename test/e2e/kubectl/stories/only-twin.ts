import type { Story } from '../story.ts'

const talker = `apiVersion: v1
kind: Pod
metadata: { name: talker }
spec:
  restartPolicy: Never
  containers: [{ name: main, image: 'busybox:1', command: [sh, -c, 'echo one; echo two'], resources: { requests: { cpu: 100m } } }]
`

/** What the rig's control plane does not have: metrics, and logs of containers. */
export const onlyTwin: Story = {
  title: 'top, logs and explain',
  beside: 'Alone',
  async run(session) {
    await session.run('create -f -', { input: talker })
    await session.run('get pod talker', { until: /Completed/ })
    await session.run('logs talker')
    await session.run('logs talker --tail=1')
    await session.run('logs -f talker')
    await session.run('logs talker --previous')
    await session.quietly('run busy --image=nginx')
    await session.quietly('wait --for=condition=Ready pod/busy --timeout=60s')
    await session.run('top nodes', { withoutNumbers: true })
    await session.run('top pods', { withoutNumbers: true })
    await session.run('top pod nothing')
    await session.run('get cs', { without: /^Warning/ })
    await session.run('explain deployment.spec.replicas')
    await session.run('explain pdb.spec')
  },
}

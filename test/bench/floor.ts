import { type FollowedObject, follow } from '../rig/follow.ts'
import { plainApi } from '../rig/plain-api.ts'
import { namespace, plan } from './scenario.ts'
import { upgradeJob } from './upgrade-job.ts'

/**
 * The floor: the least that a rollout can cost. It makes Jobs, watches them and labels nodes; it knows no errors, keeps no status,
 * writes no events. Arguments: kubeconfig and concurrency. It ends when all nodes are labelled.
 */
async function main([kubeconfig = '', concurrency = '']: readonly string[]): Promise<void> {
  const api = plainApi(kubeconfig)
  const { items } = await api.get<{ items: { metadata: { name: string } }[] }>('/api/v1/nodes')
  const waiting = items.map(({ metadata }) => metadata.name)
  const left = new Set(waiting)
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
  const startNext = async () => {
    const node = waiting.shift()
    if (node !== undefined) await api.post(path, upgradeJob(node))
  }
  const label = (node: string) =>
    api.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { [`plan.upgrade.cattle.io/${plan}`]: 'done' } } })
  await new Promise<void>((resolve, reject) => {
    const finished = async (node: string) => {
      await Promise.all([label(node), startNext()])
      left.delete(node)
      if (left.size === 0) resolve()
    }
    const done = new Set<string>()
    follow<JobObject>(api, path, {
      seen: ({ metadata, status }) => {
        const node = metadata.labels['upgrade.cattle.io/node']
        const complete = status.conditions?.some(({ type, status: state }) => type === 'Complete' && state === 'True')
        if (node === undefined || !complete || done.has(node)) return
        done.add(node)
        finished(node).catch(reject)
      },
      gone: () => undefined,
    })
    Promise.all(Array.from({ length: Number(concurrency) }, startNext)).catch(reject)
  })
}

interface JobObject extends FollowedObject {
  readonly metadata: FollowedObject['metadata'] & { readonly labels: Readonly<Record<string, string>> }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

main(process.argv.slice(2)).then(
  () => setInterval(() => undefined, 60_000), // stays until it has been measured
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  },
)

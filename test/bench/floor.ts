import { type PlainApi, plainApi } from '../rig/plain-api.ts'
import { namespace, plan } from './scenario.ts'
import { upgradeJob } from './upgrade-job.ts'

const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`

/**
 * The floor: the least that a rollout can cost. It makes Jobs, watches them and labels nodes; it knows no errors, keeps no state beyond
 * names, writes no status and no events. Arguments: kubeconfig and concurrency. It rolls out once and then waits to be measured.
 */
async function main([kubeconfig = '', concurrency = '']: readonly string[]): Promise<void> {
  const api = plainApi(kubeconfig)
  const waiting = await nodeNames(api)
  const startNext = async () => {
    const node = waiting.shift()
    if (node !== undefined) await api.post(jobsPath, upgradeJob(node))
  }
  const label = (node: string) =>
    api.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { [`plan.upgrade.cattle.io/${plan}`]: 'done' } } })
  const { metadata } = await api.get<{ metadata: { resourceVersion: string } }>(`${jobsPath}?limit=1`)
  const watching = eachCompleteNode(api, metadata.resourceVersion, (node) => Promise.all([label(node), startNext()]))
  await Promise.all(Array.from({ length: Number(concurrency) }, startNext))
  await watching
}

// page by page, so that no more than one page of whole Nodes is in memory
async function nodeNames(api: PlainApi): Promise<string[]> {
  const names: string[] = []
  let proceed = ''
  do {
    const page = await api.get<{ metadata: { continue?: string }; items: { metadata: { name: string } }[] }>(
      `/api/v1/nodes?limit=100${proceed === '' ? '' : `&continue=${proceed}`}`,
    )
    for (const { metadata } of page.items) names.push(metadata.name)
    proceed = page.metadata.continue ?? ''
  } while (proceed !== '')
  return names
}

interface JobEvent {
  readonly object: {
    readonly metadata: { readonly resourceVersion: string; readonly labels: Readonly<Record<string, string>> }
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
}

async function eachCompleteNode(api: PlainApi, from: string, act: (node: string) => Promise<unknown>): Promise<void> {
  const done = new Set<string>()
  // the server ends a watch after some minutes
  for (let resourceVersion = from; ; ) {
    const path = `${jobsPath}?watch=true&resourceVersion=${resourceVersion}`
    for await (const line of api.lines(path, new AbortController().signal)) {
      const { metadata, status } = (line as JobEvent).object
      resourceVersion = metadata.resourceVersion
      const node = metadata.labels['upgrade.cattle.io/node'] ?? ''
      if (done.has(node) || !status.conditions?.some(({ type, status: state }) => type === 'Complete' && state === 'True')) continue
      done.add(node)
      act(node).catch(fail)
    }
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
}

main(process.argv.slice(2)).catch(fail)

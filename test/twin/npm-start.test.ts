import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'

/** What a user runs first: no root, no network, a terminal or none. */
it('npm start shows every node upgraded, drained in between, and leaves nothing behind', async () => {
  const { code, output } = await run(['scripts/start.mjs', '--exit', '--speed', '6x'])
  expect(output).toContain('server-plan is complete')
  expect(output).toMatch(/agent-plan is complete\n\nEvery node has the new version/)
  expect(code).toBe(0)
  const upgraded = [...output.matchAll(/(\S+) has v1\.24\.6\+k3s1 now/g)].map(([, node]) => node)
  expect(upgraded.sort()).toEqual([
    ...['edge-1', 'edge-2', 'server-1', 'server-2', 'server-3'],
    ...['worker-1', 'worker-2', 'worker-3', 'worker-4'],
  ])
  const drains = drainsOf(output, ['worker-1', 'worker-2', 'worker-3', 'worker-4'])
  expect(drains.map(({ node, stayed }) => ({ node, stayed }))).toEqual(
    ['worker-1', 'worker-2', 'worker-3', 'worker-4'].map((node) => ({ node, stayed: [] })),
  )
  // a worker may hold none when its turn comes, not all of them: where pods lie is a matter of real time
  expect(drains.flatMap(({ held }) => held).some((pod) => pod.startsWith('shop/web-'))).toBe(true)
  expect(output).toMatch(/shop\/web-\S+ runs on worker-\d/)
  const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)/.exec(output) ?? []
  expect(kubeconfig).not.toBe('')
  expect(existsSync(kubeconfig)).toBe(false)
})

interface Drain {
  readonly node: string
  /** Movable pods on it when it was cordoned, and those that were still there when it had its new version. */
  readonly held: readonly string[]
  readonly stayed: readonly string[]
}

/** What the lines tell of the nodes that were drained, in their names' order. */
function drainsOf(output: string, nodes: readonly string[]): readonly Drain[] {
  return nodes.map((node) => {
    const cordoned = output.search(new RegExp(`${node} is Ready,SchedulingDisabled`))
    const upgraded = output.search(new RegExp(`${node} has `))
    return { node, held: podsOn(node, output.slice(0, cordoned)), stayed: podsOn(node, output.slice(0, upgraded)) }
  })
}

/** The movable pods of a node at the end of these lines. */
function podsOn(node: string, lines: string): readonly string[] {
  const pods = new Set<string>()
  for (const [, pod = '', act] of lines.matchAll(new RegExp(`(\\S+) (runs on|leaves) ${node}\\n`, 'g'))) {
    if (act === 'leaves') pods.delete(pod)
    else pods.add(pod)
  }
  return [...pods]
}

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString('utf8')
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

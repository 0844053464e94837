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
  for (const node of ['worker-1', 'worker-2', 'worker-3', 'worker-4']) expect(output).toContain(`${node} is Ready,SchedulingDisabled`)
  // a worker may have none when its turn comes: where pods lie is a matter of real time
  expect(output).toMatch(/shop\/web-\S+ leaves worker-\d/)
  expect(output).toMatch(/shop\/web-\S+ runs on worker-\d/)
  const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)/.exec(output) ?? []
  expect(kubeconfig).not.toBe('')
  expect(existsSync(kubeconfig)).toBe(false)
})

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

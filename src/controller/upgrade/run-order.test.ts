import { expect, it } from 'vitest'
import type { Clock } from '../../cluster/clock.ts'
import { runOrder } from './run-order.ts'

it.each([{ reformatDisk: '/dev/vg0/docker' }, {}])(
  'the host is asked of the disk that the order names, and of no other: %o',
  async (named) => {
    const scripts: string[] = []
    const clock = { now: () => 0, sleep: async () => {} } as unknown as Clock
    const order = {
      run: 'uid',
      node: 'w1',
      step: 'Stage',
      distribution: 'kubeadm',
      version: 'v1.20.15',
      part: 'Worker',
      kubernetes: 'Stays',
      runtime: { name: 'containerd', from: 'docker', ...named },
    } as const
    const end = await runOrder(
      { order, attempt: 1 },
      {
        clock,
        signal: new AbortController().signal,
        machine: async () => ({ name: 'w1', machineId: 'm', bootId: 'b', address: '10.0.0.1' }),
        open: () => ({
          name: 'w1',
          run: async (script) => {
            scripts.push(script)
            return { exitCode: 0, stdout: 'no facts', stderr: '' }
          },
          close: async () => {},
        }),
        recipeOf: () => ({ kind: 'Refused', message: 'nothing is to be done' }),
        say: () => {},
      },
    )
    expect(end).toMatchObject({ kind: 'Failed', how: 'Refused' })
    expect(scripts.map((script) => script.split('\n', 1)[0])).toEqual([`disk='${'reformatDisk' in named ? named.reformatDisk : ''}'`])
  },
)

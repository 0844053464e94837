import { describe, expect, it } from 'vitest'
import type { HostOrder } from '../../recipe/host-order.ts'
import { endOfPatience, mayReboot } from './lost-host.ts'

const order: HostOrder = { run: 'uid', node: 'w1', step: 'Change', distribution: 'kubeadm', version: 'v1.31.5', part: 'Worker' }
const os = { packages: 'All', reboot: 'IfRequired' } as const
const message = 'w1 cannot be reached: connection refused'
const minutes = (count: number) => count * 60_000

describe('a host that gives no answer', () => {
  it.each<{
    readonly what: string
    readonly order: Partial<HostOrder>
    readonly silentMs: number
    readonly mayPass?: boolean
    readonly how?: string
  }>([
    { what: 'before anything was done, for less than two minutes', order: { step: 'Stage' }, silentMs: minutes(2) - 1 },
    { what: 'before anything was done, for two', order: { step: 'Stage' }, silentMs: minutes(2), how: 'Lost' },
    { what: 'before anything was done, and never will', order: { step: 'Stage' }, silentMs: 0, mayPass: false, how: 'Refused' },
    { what: 'in mid-change for less than twenty minutes', order: {}, silentMs: minutes(20) - 1 },
    { what: 'in mid-change for twenty', order: {}, silentMs: minutes(20), how: 'Lost' },
    { what: 'in mid-change, and never will', order: {}, silentMs: 0, mayPass: false, how: 'Lost' },
    { what: 'while it may reboot, for twenty', order: { os }, silentMs: minutes(20) },
    { what: 'while it may reboot, for thirty-five', order: { os }, silentMs: minutes(35), how: 'Lost' },
    { what: 'and does not reboot, for twenty', order: { os: { ...os, reboot: 'Never' } }, silentMs: minutes(20), how: 'Lost' },
    { what: 'when its controllers are to start anew, for two', order: { step: 'RestartControllers' }, silentMs: minutes(2), how: 'Lost' },
  ])('$what: $how', ({ order: more, silentMs, mayPass = true, how }) => {
    const end = endOfPatience({ ...order, ...more }, { message, mayPass, silentMs }, 5_000)
    expect(end).toEqual(how === undefined ? undefined : { kind: 'Failed', message, lines: [], atMs: 5_000, how })
  })

  it.each([
    { more: {}, may: false },
    { more: { os }, may: true },
    { more: { os: { ...os, reboot: 'Never' as const } }, may: false },
    { more: { os, step: 'Stage' as const }, may: false },
  ])('may reboot with $more: $may', ({ more, may }) => {
    expect(mayReboot({ ...order, ...more })).toBe(may)
  })
})

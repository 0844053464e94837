import { describe, expect, it } from 'vitest'
import type { Build } from '../../version/build-etcd.ts'
import { parseEtcdRange } from '../../version/etcd-version.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { afterStop, lowestEtcd } from './members.ts'

function build(text: string, etcd?: string): Build {
  const version = parseVersion(text)
  const range = etcd === undefined ? undefined : parseEtcdRange(etcd)
  if (version === undefined) throw new Error(`${text} was not read`)
  return { version, ...(range === undefined ? {} : { etcd: range }) }
}

describe('members after a stop', () => {
  it('run it, without repetition, unless they ran something newer', () => {
    const members = [build('v1.31.14'), build('v1.32.1'), build('v1.33.1')]
    expect(afterStop(members, build('v1.32.13'), 'kubeadm').map(({ version }) => version.text)).toEqual(['v1.32.13', 'v1.33.1'])
  })

  it.each([
    { distribution: 'kubeadm', had: '3.5.26', brings: '3.5.24', has: [3, 5, 26], title: 'kubeadm never lowers etcd' },
    { distribution: 'kubeadm', had: '3.5.21', brings: '3.5.24', has: [3, 5, 24], title: 'and raises what is older' },
    { distribution: 'k3s', had: '3.6.12', brings: '3.6.5', has: [3, 6, 5], title: 'k3s runs what its build brings' },
  ] as const)('$title', ({ distribution, had, brings, has }) => {
    const [member] = afterStop([build('v1.32.1', had)], build('v1.33.1', brings), distribution)
    expect(member?.etcd).toEqual({ atLeast: has, atMost: has })
  })

  it('nothing is known of the etcd of kubeadm where nothing was known before', () => {
    const [member] = afterStop([build('v1.32.1')], build('v1.33.13', '3.5.24'), 'kubeadm')
    expect(member?.etcd).toEqual({ atLeast: [3, 5, 24] })
  })
})

describe('the lowest etcd of members', () => {
  it('is that of the lowest', () => {
    expect(lowestEtcd([build('v1.32.13', '3.5.26'), build('v1.33.0', '3.5.21')])).toEqual({ atLeast: [3, 5, 21], atMost: [3, 5, 21] })
  })

  it('is at most that of those that are known, and at least nothing', () => {
    expect(lowestEtcd([build('v1.32.13', '3.5.26'), build('v1.33.0')])).toEqual({ atMost: [3, 5, 26] })
  })

  it('is not known when none is', () => {
    expect(lowestEtcd([build('v1.33.0')])).toBeUndefined()
  })
})

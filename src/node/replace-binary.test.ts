import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { RecipeOrder } from '../core/recipe/recipe-order.ts'
import { type FakeHost, fakeBinary, fakeHost } from './fake-host.test-support.ts'
import { fileSha256 } from './file-sha256.ts'
import type { Host } from './host.ts'
import { killedAt } from './killed-host.test-support.ts'
import { replaceBinary } from './replace-binary.ts'

const before = 'v1.30.4+k3s1'
const after = 'v1.30.5+k3s1'

const hosts: FakeHost[] = []
afterAll(() => {
  for (const host of hosts) host.remove()
})

function aHost(role?: 'agent'): FakeHost {
  const host = fakeHost(before, role === undefined ? {} : { role })
  hosts.push(host)
  return host
}

async function newBinary(folder: string, content: string) {
  const file = join(folder, 'new-binary')
  writeFileSync(file, content)
  return { file, sha256: await fileSha256(file) }
}

interface Asked {
  readonly version?: string
  readonly content?: string
  readonly attempt?: number
  /** Instead of the host itself. */
  readonly by?: Host
}

async function upgrade(host: FakeHost, { version = after, content = fakeBinary(version), attempt = 1, by = host }: Asked = {}) {
  const order: RecipeOrder = { recipe: 'k3s', run: 'uid', version, pinned: false, sha256: {}, url: {} }
  const said: string[] = []
  const means = { host: by, say: (line: string) => said.push(line), sleep: () => sleep(100), now: Date.now }
  const end = await replaceBinary({ order, binary: await newBinary(host.folder, content), attempt }, means)
  return { end, said }
}

// a limit for what hangs: each case starts hundreds of processes
describe.concurrent('a k3s whose binary is replaced', { timeout: 180_000 }, () => {
  it('runs the new version after one restart, the old binary is kept', async () => {
    const host = aHost()
    const { end, said } = await upgrade(host)
    expect(end).toEqual({ kind: 'Complete' })
    expect(host.running()).toBe(after)
    expect(host.restarts()).toBe(1)
    expect(said.map((line) => line.split(':')[0])).toEqual(expect.arrayContaining(['put-binary', 'replace-binary', 'restart-service']))
    expect(host.log()).toEqual([
      'put-binary attempt 1 started',
      'put-binary attempt 1 ended with 0',
      'replace-binary attempt 1 started',
      'replace-binary attempt 1 ended with 0',
      'restart-service attempt 1 started',
      'restart-service attempt 1 ended with 0',
    ])
  })

  it('is left alone by a second run', async () => {
    const host = aHost()
    await upgrade(host)
    const log = host.log()
    expect((await upgrade(host, { attempt: 2 })).end).toEqual({ kind: 'Complete' })
    expect(host.log()).toEqual(log)
  })

  it('that does not stay up is put back, and says what it printed', async () => {
    const host = aHost('agent')
    const { end } = await upgrade(host, { content: fakeBinary(after, { ends: true }) })
    expect(end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^restart-service failed: k3s-agent.service has been started 3 times and does not stay up as v1.30.5\+k3s1 .*; what ran before runs again$/,
      ),
    })
    expect(host.running()).toBe(before)
    expect((await upgrade(host, { attempt: 2 })).end).toEqual({ kind: 'Complete' })
    expect(host.running()).toBe(after)
  })

  it('by one that says another version is not begun with', async () => {
    const host = aHost()
    const { end } = await upgrade(host, { content: fakeBinary(after, { says: 'v1.30.9+k3s1' }) })
    expect(end).toMatchObject({ message: expect.stringContaining(`the new binary says that it is v1.30.9+k3s1, not ${after}`) })
    expect([host.running(), host.restarts()]).toEqual([before, 0])
  })

  // three calls act: one puts, two start; the pod is gone before or after each
  it.each(
    [1, 2, 3].flatMap((call) => [
      { call, when: 'before' as const },
      { call, when: 'after' as const },
    ]),
  )('is replaced once when the pod is killed $when call $call, and another goes on', async ({ call, when }) => {
    const host = aHost()
    await expect(upgrade(host, { by: killedAt(host, call, when) })).rejects.toThrow('killed')
    expect((await upgrade(host)).end).toEqual({ kind: 'Complete' })
    expect([host.running(), host.restarts()]).toEqual([after, 1])
    for (const step of ['replace-binary', 'restart-service']) {
      expect(host.log().filter((line) => line.startsWith(step) && line.endsWith('started'))).toHaveLength(1)
    }
  })
})

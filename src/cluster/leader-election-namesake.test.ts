import { describe, expect, it } from 'vitest'
import { electionStage, leasePath } from '../../test/loopback/election-stage.ts'

describe('two contenders of one name', () => {
  it('do not lead side by side for ever: the first gives up at its next renewal, says why, and leaves the lease to the other', async () => {
    const { contend, pass, spec } = await electionStage()
    const one = contend('host')
    await pass(3)
    const two = contend('host')
    await pass(0)
    expect(two.election.isLeader()).toBe(true)
    await pass(10)
    expect([one.election.isLeader(), one.lost.map(({ message }) => message)]).toEqual([
      false,
      [expect.stringMatching(/another controller that calls itself host .*FALKIRK_LEASE_IDENTITY/)],
    ])
    await pass(60)
    expect([two.election.isLeader(), two.lost.length, spec().holderIdentity]).toEqual([true, 0, 'host'])
  })

  it('are none when somebody writes an annotation of the lease', async () => {
    const { server, contend, pass } = await electionStage()
    const one = contend('host')
    for (let i = 0; i < 5; i++) {
      await pass(8)
      const lease = server.objects.get(leasePath)
      server.put(leasePath, { ...lease, metadata: { name: 'falkirk', annotations: { seen: String(i) } } as { name: string } })
    }
    await pass(60)
    expect([one.election.isLeader(), one.lost.length]).toEqual([true, 0])
  })

  it('are none when the answers to several renewals were lost that the server has written', async () => {
    const { server, contend, pass } = await electionStage()
    const one = contend('host')
    await pass(1)
    let lose = 3
    server.intercept = ({ method, body }, response) => {
      if (method !== 'PUT' || lose-- <= 0) return false
      if (lose === 2) server.put(leasePath, JSON.parse(body))
      response.socket?.destroy()
      return true
    }
    await pass(60)
    expect([one.election.isLeader(), one.lost.length]).toEqual([true, 0])
  })
})

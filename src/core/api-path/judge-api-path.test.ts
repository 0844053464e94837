import { describe, expect, it } from 'vitest'
import type { AskedHost } from './api-sight.ts'
import { asksForProof, judgeApiPath, sightText, verdictOf } from './judge-api-path.ts'

const names = ['cp1', 'cp2', 'cp3']
const addressOf = (name: string) => `10.0.0.${name.slice(2)}`
const members = names.map((name) => ({ name, address: addressOf(name), port: 6443 }))
const certificate = (name: string) => name.charCodeAt(2).toString(16).padStart(64, '0')
const shared = 'https://10.0.0.100:6443'

interface Told {
  readonly ready?: string | undefined
  /** Connections by who has answered; `failed` for those that were not taken. */
  readonly seen?: Readonly<Record<string, number>>
  readonly addresses?: readonly string[]
  readonly shows?: string
  readonly server?: string
}

function host(
  name: string,
  { ready = 'ok', seen = { cp1: 10, cp2: 10, cp3: 10 }, addresses = [], shows = name, server = shared }: Told = {},
): AskedHost {
  const { failed = 0, ...others } = seen
  const own = { place: `${addressOf(name)}:6443`, ready, certificate: certificate(shows) }
  const asked = { server, failed, seen: Object.entries(others).map(([of, count]) => ({ certificate: certificate(of), count })) }
  const file = '/etc/kubernetes/kubelet.conf'
  return {
    name,
    kind: 'Answered',
    answer: {
      format: 'falkirk.dev/api-path/v1',
      api: { servers: [{ file, server }], addresses: [...addresses], names: [] },
      ...(name.startsWith('cp') ? { own } : {}),
      asked: [asked],
      unread: [],
      cut: false,
      complete: true,
    },
  }
}

const all = (told: Told, workers: readonly string[] = []) => [...names, ...workers].map((name) => host(name, told))
const found = (hosts: readonly AskedHost[], about?: string) =>
  judgeApiPath({ members, hosts, ...(about === undefined ? {} : { about }) }).findings.map(
    ({ severity, message }) => `${severity}: ${message}`,
  )

describe('the way to the API', () => {
  it('is proven where each control plane is ready and answers behind the address that clients have', () => {
    const { findings, sights } = judgeApiPath({ members, hosts: all({}, ['w1']) })
    expect(findings).toEqual([])
    expect(sights.map(sightText)).toEqual([`${shared}: connections from cp1, cp2, cp3 and w1 came to cp1 40, cp2 40, cp3 40`])
  })

  it.each([
    {
      what: 'a member that a balancer leaves out, while it balances the others',
      hosts: all({ seen: { cp1: 15, cp2: 15 } }),
      says: [`Blocks: behind ${shared} cp1 and cp2 answered 90 new connections from cp1, cp2 and cp3, and cp3 none`],
    },
    {
      what: 'one that answers all hosts alone: too many for a balancer that goes by the client',
      hosts: all({ seen: { cp1: 30 } }, ['w1', 'w2']),
      says: [`Blocks: behind ${shared} cp1 answered 150 new connections from cp1, cp2, cp3 and 2 more, and cp2 and cp3 none`],
    },
    {
      what: 'one that answers the few hosts there are: their addresses may have it so',
      hosts: all({ seen: { cp1: 30 } }),
      says: [`Risk: behind ${shared} cp1 answered 90 new connections from cp1, cp2 and cp3, and cp2 and cp3 none`],
    },
    {
      what: 'one for each host, and none that comes to the third',
      hosts: [host('cp1', { seen: { cp1: 30 } }), host('cp2', { seen: { cp2: 30 } }), host('cp3', { seen: { cp1: 30 } })],
      says: [`Risk: behind ${shared} cp1 and cp2 answered 90 new connections from cp1, cp2 and cp3, and cp3 none`],
    },
    {
      what: 'a virtual address that one of them has: only its move would tell more',
      hosts: [
        host('cp1', { seen: { cp1: 30 }, addresses: ['10.0.0.1', '10.0.0.100'] }),
        ...all({ seen: { cp1: 30 } }, ['w1', 'w2', 'w3']).slice(1),
      ],
      says: [`Risk: behind ${shared} cp1 answered 180 new connections from cp1, cp2, cp3 and 3 more, and cp2 and cp3 none`],
    },
    {
      what: 'a balancer that ends TLS, of which nothing is guessed',
      hosts: all({ seen: { xxlb: 30 } }),
      says: [
        `Note: ${shared} shows a certificate of no control plane: a balancer ends TLS there, and nobody can tell from outside which API servers are behind it`,
      ],
    },
    {
      what: 'an API server of somebody else behind the same address: two clusters, or one that was taken out of this',
      hosts: all({ seen: { cp1: 10, cp2: 10, cp3: 9, xxo: 1 } }),
      says: [`Blocks: ${shared} also leads to an API server of no control plane of this cluster (3 connections)`],
    },
    {
      what: 'connections that are not taken',
      hosts: all({ seen: { cp1: 8, cp2: 8, cp3: 8, failed: 6 } }),
      says: [`Risk: 18 of 90 new connections to ${shared} were not taken`],
    },
    {
      what: 'an address at which nobody answers',
      hosts: all({ seen: { failed: 30 } }),
      says: [`Risk: ${shared} took none of 90 connections from cp1, cp2 and cp3`],
    },
    {
      what: 'a member that is not ready, which a balancer leaves out for a good reason',
      hosts: [
        host('cp1', { seen: { cp1: 20, cp2: 20 } }),
        host('cp2', { seen: { cp1: 20, cp2: 20 } }),
        host('cp3', { ready: 'refused', seen: { cp1: 20, cp2: 20 } }),
      ],
      says: ['Blocks: the API server of cp3 is not ready at https://10.0.0.3:6443 (refused)'],
    },
    {
      what: 'control planes with one certificate',
      hosts: names.map((name) => host(name, { shows: 'cp1', seen: { cp1: 30 } })),
      says: [
        'Note: the API servers of cp1, cp2 and cp3 show the same certificate: behind a balancer nobody can tell which of them answers',
      ],
    },
    {
      what: 'a host that is not heard',
      hosts: [...all({}).slice(0, 2), { name: 'cp3', kind: 'Silent' as const, message: 'it does not answer' }],
      says: ['Risk: whether the API server of cp3 answers is not known: it does not answer'],
    },
  ])('tells of $what', ({ hosts, says }) => expect(found(hosts)).toEqual(says))

  it('is told in the same words, in whichever order hosts have seen them', () => {
    const hosts = all({ seen: { cp2: 15, cp1: 15 } })
    expect(found(hosts)).toEqual(found(all({ seen: { cp1: 15, cp2: 15 } })))
    expect(found(hosts)[0]).toContain('cp1 and cp2 answered 90')
  })

  it('is not known where no host has openssl, and one that has it is enough', () => {
    const blind = all({}).map((one) =>
      one.kind === 'Answered' ? { ...one, answer: { ...one.answer, missing: 'openssl', asked: [] } } : one,
    )
    expect(found(blind)).toEqual(['Risk: who answers at the address of the API is not known: there is no openssl on cp1, cp2 and cp3'])
    // its connections come to certificates that nobody can name
    expect(found([...blind, host('w1')])).toEqual([])
  })

  it('may be broken on the host that is to be worked on: that may be what mends it', () => {
    const hosts = [
      host('cp1', { ready: 'nothing', seen: { cp2: 20, cp3: 20 } }),
      host('cp2', { seen: { cp2: 20, cp3: 20 } }),
      host('cp3', { seen: { cp2: 20, cp3: 20 } }),
    ]
    expect(found(hosts, 'cp1')).toEqual(['Risk: the API server of cp1 is not ready at https://10.0.0.1:6443 (nothing)'])
  })

  it('is another one on each host that has a balancer of its own', () => {
    const server = 'https://127.0.0.1:8443'
    const hosts = [...all({}), host('w1', { server }), host('w2', { server, seen: { cp1: 15, cp2: 15 } })]
    expect(found(hosts)).toEqual([`Blocks: behind ${server} cp1 and cp2 answered 30 new connections from w2, and cp3 none`])
  })

  it('is not judged by whoever has not asked all control planes', () => {
    expect(found([host('w1', { seen: { xxo: 30 } })])).toEqual([])
  })

  it('has nothing to prove in a cluster of one', () => {
    expect(judgeApiPath({ members: members.slice(0, 1), hosts: [host('cp1', { seen: { cp1: 10 } })] })).toEqual({
      sights: [],
      findings: [],
    })
  })

  it('names what to do, and the name by which it is accepted', () => {
    const [finding] = judgeApiPath({ members, hosts: all({ seen: { cp1: 15, cp2: 15 } }) }).findings
    expect(finding).toMatchObject({
      hosts: ['cp3', 'cp1', 'cp2'],
      fix: 'put 10.0.0.3:6443 into the balancer, or where it has reasons of its own accept it in spec.acceptedRisks with check ApiPath',
    })
  })
})

describe('a run that is about to begin', () => {
  const order = { step: 'Stage', apiPath: 'Prove' } as const
  it.each([
    { what: 'the first control plane that it touches', asked: order, proof: true },
    { what: 'one whose proof is accepted: what is not proven is told', asked: { ...order, apiPath: 'Accepted' } as const, proof: true },
    { what: 'another host', asked: { step: 'Stage' } as const, proof: false },
    { what: 'the change itself, which was begun already', asked: { ...order, step: 'Change' } as const, proof: false },
  ])('$what asks for a proof: $proof', ({ asked, proof }) => expect(asksForProof(asked)).toBe(proof))

  const findings = [
    { check: 'api-path', severity: 'Blocks', message: 'cp3 is left out', fix: 'put it back', hosts: [] },
    { check: 'api-path', severity: 'Risk', message: 'cp1 has the address', fix: 'look at it', hosts: [] },
  ] as const
  it.each([
    {
      accepted: false,
      verdict: { holds: 'cp3 is left out: put it back; nothing was touched', tells: ['cp1 has the address: look at it'] },
    },
    { accepted: true, verdict: { tells: ['cp3 is left out: put it back', 'cp1 has the address: look at it'] } },
  ])('is held by what blocks, unless that is accepted ($accepted), and is told the rest', ({ accepted, verdict }) =>
    expect(verdictOf({ findings }, accepted)).toEqual(verdict),
  )
})

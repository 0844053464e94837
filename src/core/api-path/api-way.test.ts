import { describe, expect, it } from 'vitest'
import { type ApiHost, apiWay, readPlace } from './api-way.ts'
import { wayFindings } from './way-findings.ts'

const members = [
  { name: 'cp1', address: '10.0.0.1', port: 6443 },
  { name: 'cp2', address: '10.0.0.2', port: 6443 },
]

function host(
  name: string,
  server = 'https://10.0.0.100:6443',
  more: Partial<ApiHost['api']> & { readonly controllers?: string } = {},
): ApiHost {
  const { controllers, ...api } = more
  const conf = (file: string, at: string) => ({ file: `/etc/kubernetes/${file}.conf`, server: at })
  const servers = [
    conf('kubelet', server),
    ...(controllers === undefined ? [] : [conf('controller-manager', controllers), conf('scheduler', controllers)]),
  ]
  return { name, api: { servers, addresses: [], names: [], ...api } }
}

describe('an address of a kubeconfig', () => {
  it.each([
    { server: 'https://10.0.0.1:6443', place: { host: '10.0.0.1', port: 6443 } },
    { server: 'https://[FD00::1]:6443/', place: { host: 'fd00::1', port: 6443 } },
    { server: 'https://api.example', place: { host: 'api.example', port: 443 } },
    { server: 'https://', place: undefined },
    { server: '', place: undefined },
  ])('$server is read as $place', ({ server, place }) => expect(readPlace(server)).toEqual(place))

  const names = [
    { name: 'own.example', addresses: ['10.0.0.1'] },
    { name: 'other.example', addresses: ['10.0.0.2', '10.0.0.2'] },
    { name: 'round.example', addresses: ['10.0.0.2', '10.0.0.1'] },
    { name: 'lost.example', addresses: [] },
  ]
  it.each([
    { server: 'https://10.0.0.1:6443', way: { kind: 'Own' } },
    { server: 'https://localhost:6443', way: { kind: 'Own' } },
    { server: 'https://own.example:6443', way: { kind: 'Own' } },
    { server: 'https://10.0.0.2:6443', way: { kind: 'Member', member: 'cp2' } },
    { server: 'https://other.example:6443', way: { kind: 'Member', member: 'cp2' } },
    { server: 'https://127.0.0.1:8443', way: { kind: 'Local' } },
    { server: 'https://10.0.0.2:8443', way: { kind: 'Shared', key: '10.0.0.2 8443', heldBy: 'cp2' } },
    { server: 'https://10.0.0.100:6443', way: { kind: 'Shared', key: '10.0.0.100 6443', heldBy: 'cp2' } },
    { server: 'https://10.0.0.200:6443', way: { kind: 'Shared', key: '10.0.0.200 6443' } },
    { server: 'https://round.example:6443', way: { kind: 'Shared', key: '10.0.0.1,10.0.0.2 6443' } },
    { server: 'https://lost.example:6443', way: { kind: 'Shared', key: 'lost.example 6443' } },
    { server: 'unix:', way: { kind: 'Unknown' } },
  ])('$server leads from cp1 to $way', ({ server, way }) => {
    const cp1 = host('cp1', server, { addresses: ['10.0.0.1'], names })
    const hosts = [cp1, host('cp2', server, { addresses: ['10.0.0.2', '10.0.0.100'] })]
    expect(apiWay(server, cp1, { members, hosts })).toEqual(way)
  })

  it('is that of a balancer on the host itself, where it is a worker', () => {
    const w1 = host('w1', 'https://127.0.0.1:6443')
    expect(apiWay('https://127.0.0.1:6443', w1, { members, hosts: [w1] })).toEqual({ kind: 'Local' })
  })
})

describe('where kubeconfigs lead', () => {
  const found = (hosts: readonly ApiHost[], around = members) =>
    [...wayFindings({ members: around, hosts })].flatMap(([name, findings]) =>
      findings.map(({ severity, message, fix }) => ({ name, severity, message, fix })),
    )

  it('is told where it is one control plane alone, with what to write instead', () => {
    expect(found([host('w1', 'https://10.0.0.1:6443'), host('w2')])).toEqual([
      {
        name: 'w1',
        severity: 'Risk',
        message:
          'the kubelet reaches the API at cp1 alone (https://10.0.0.1:6443): its node is NotReady while the API server there is replaced',
        fix: 'name https://10.0.0.100:6443 in /etc/kubernetes/kubelet.conf, then restart the kubelet',
      },
    ])
    expect(found([host('w1', 'https://10.0.0.1:6443')])[0]?.fix).toMatch(
      /^put a balancer or a virtual address in front of all control planes/,
    )
  })

  it('is told where most go elsewhere: two clusters may be behind one address, or one behind two', () => {
    const hosts = [host('w1'), host('w2'), host('w3', 'https://10.0.0.200:6443')]
    expect(found(hosts)).toMatchObject([
      { name: 'w3', severity: 'Risk', message: expect.stringContaining('and most others at https://10.0.0.100:6443') },
    ])
  })

  it('is told of the host that has a virtual address', () => {
    const hosts = [
      host('cp1', 'https://10.0.0.1:6443'),
      host('cp2', 'https://10.0.0.2:6443', { addresses: ['10.0.0.2', '10.0.0.100'] }),
      host('w1'),
    ]
    expect(found(hosts)).toMatchObject([
      { name: 'cp2', severity: 'Note', message: expect.stringMatching(/^this host has the address of https:\/\/10\.0\.0\.100/) },
    ])
  })

  it('is told where controller manager and scheduler go through a balancer, as before v1.20', () => {
    const hosts = [
      host('cp1', 'https://10.0.0.100:6443', { controllers: 'https://10.0.0.100:6443' }),
      host('cp2', undefined, { controllers: 'https://10.0.0.2:6443' }),
    ]
    expect(found(hosts)).toMatchObject([
      {
        name: 'cp1',
        severity: 'Note',
        fix: expect.stringMatching(/^name https:\/\/10\.0\.0\.1:6443 in \S*controller-manager\.conf and \S*scheduler\.conf/),
      },
    ])
  })

  it('says nothing of a cluster with one control plane, or of kubelets that use their own API server or a balancer of the host', () => {
    expect(found([host('w1', 'https://10.0.0.1:6443')], members.slice(0, 1))).toEqual([])
    expect(
      found([host('cp1', 'https://10.0.0.1:6443'), host('w1', 'https://127.0.0.1:6443'), host('w2', 'https://127.0.0.1:6443')]),
    ).toEqual([])
  })
})

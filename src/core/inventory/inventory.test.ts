import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type InventoryHost, parseInventory } from './inventory.ts'
import { mergeInventory } from './merge-inventory.ts'

describe('an inventory', () => {
  it('names hosts by their nodes, with what is the same for all', () => {
    const text = `
sshConfig: ./ssh_config
defaults: { user: ops, become: sudo, passwordFile: ./password, bastion: "jump@bastion.example.com:2222" }
hosts:
  cp1: { address: 10.0.0.11 }
  w1: { address: "fd00::21", port: 2222, bastion: none }
  w2.example.com:
`
    expect(parseInventory(parse(text))).toEqual({
      kind: 'Inventory',
      inventory: {
        sshConfig: './ssh_config',
        defaults: { user: 'ops', become: 'sudo', passwordFile: './password', bastion: 'jump@bastion.example.com:2222' },
        hosts: { cp1: { address: '10.0.0.11' }, w1: { address: 'fd00::21', port: 2222, bastion: 'none' }, 'w2.example.com': {} },
      },
    })
  })

  it.each(['', 'hosts:', '{}', 'defaults:\nhosts: {}'])('may say nothing: %j', (text) => {
    expect(parseInventory(parse(text))).toEqual({ kind: 'Inventory', inventory: { defaults: {}, hosts: {} } })
  })

  const wrong = [
    { text: 'hosts: { w1: { adress: 1 } }', says: ['hosts.w1.adress is no field that hosts have: did you mean address?'] },
    { text: 'host: {}', says: ['host is no field that inventories know: did you mean hosts?'] },
    { text: 'defaults: { adress: 1 }', says: ['defaults.adress is no field that hosts have: did you mean address?'] },
    {
      text: 'defaults: { zone: 1 }',
      says: ['defaults.zone is no field that hosts have: write one of address, user, port, bastion, become, passwordFile'],
    },
    { text: 'hosts: { w1: { port: 0 } }', says: ['hosts.w1.port is 0: write a number from 1 to 65535'] },
    { text: 'hosts: { w1: { port: "22" } }', says: ['hosts.w1.port is "22": write a number from 1 to 65535'] },
    { text: 'hosts: { w1: { become: su } }', says: ['hosts.w1.become is "su": write none or sudo'] },
    {
      text: 'hosts: { w1: { address: "-oProxyCommand=id" } }',
      says: ['hosts.w1.address is "-oProxyCommand=id": write a name, an IP address, or a Host of ssh_config'],
    },
    { text: 'hosts: { w1: { user: "a b" } }', says: ['hosts.w1.user is "a b": write the name of a user'] },
    {
      text: 'hosts: { w1: { bastion: "x;id" } }',
      says: ['hosts.w1.bastion is "x;id": write [user@]host[:port], an IPv6 address in brackets, or none'],
    },
    { text: 'hosts: { W1: {} }', says: ['hosts.W1 is no name of a node: write it as kubectl get nodes shows it'] },
    { text: 'hosts: [w1]', says: ['hosts is a list: write the names of nodes, each with its fields'] },
    { text: 'w1', says: ['the inventory is no object with fields: write hosts: and below it the names of nodes'] },
    { text: 'hosts: { w1: 10.0.0.1 }', says: ['hosts.w1 is "10.0.0.1": write fields such as address and user'] },
    {
      text: 'hosts: { w1: { become: none, passwordFile: x } }',
      says: ['hosts.w1.passwordFile is of no use with become: none: write become: sudo, or remove it'],
    },
    {
      text: 'hosts: { w1: { port: 0, user: "" }, w2: { port: 70000 }, w3: { address: ok } }',
      says: [expect.stringMatching(/^hosts\.w1\.\w+ is/), 'hosts.w2.port is 70000: write a number from 1 to 65535'],
    },
  ]
  it.each(wrong)('that is wrong is told with the fix, one sentence a host: $text', ({ text, says }) => {
    expect(parseInventory(parse(text))).toEqual({ kind: 'Invalid', problems: says })
  })
})

describe('the hosts of a cluster', () => {
  const nodes = [
    { name: 'w1', address: '10.0.0.21' },
    { name: 'cp1', address: '10.0.0.11' },
    { name: 'w2', address: '' },
  ]
  const inventory = {
    defaults: { user: 'ops', become: 'sudo', passwordFile: '/run/password', bastion: 'jump' },
    hosts: { w1: { bastion: 'none', become: 'none', port: 2222, user: 'root' }, w2: { address: 'w2.example.com' } },
  } as const

  it('are its nodes, with what the inventory says of them', () => {
    expect(mergeInventory(inventory, nodes)).toEqual({
      entries: [
        { name: 'cp1', address: '10.0.0.11', user: 'ops', become: 'sudo', passwordFile: '/run/password', bastion: 'jump' },
        { name: 'w1', address: '10.0.0.21', port: 2222, user: 'root', become: 'none' },
        { name: 'w2', address: 'w2.example.com', user: 'ops', become: 'sudo', passwordFile: '/run/password', bastion: 'jump' },
      ],
      problems: [],
    })
  })

  it('may be some of them, or without a cluster those that are written', () => {
    expect(mergeInventory(inventory, nodes, ['w1', 'cp1']).entries.map(({ name }) => name)).toEqual(['cp1', 'w1'])
    expect(mergeInventory(inventory, undefined)).toMatchObject({
      entries: [{ name: 'w2' }],
      problems: ['w1 has no address, neither in the inventory nor an InternalIP in the cluster: write hosts.w1.address'],
    })
  })

  const wrong = [
    { hosts: { w3: { address: 'x' } }, only: undefined, says: ['hosts.w3 is no node of the cluster: did you mean w1?'] },
    {
      hosts: { database: { address: 'x' } },
      only: undefined,
      says: ['hosts.database is no node of the cluster: remove it, or write the name of a node'],
    },
    { hosts: {}, only: ['cp2'], says: ['cp2 is no node of the cluster: did you mean cp1?'] },
    {
      hosts: { w1: { address: '10.0.0.11', port: 22 } },
      only: undefined,
      says: ['w1 has the address of cp1, 10.0.0.11: each node is a host of its own'],
    },
  ]
  it.each(wrong)('are told one by one when they cannot be: $says', ({ hosts, only, says }) => {
    const known = nodes.map((node) => (node.name === 'w2' ? { ...node, address: '10.0.0.22' } : node))
    expect(mergeInventory({ defaults: {}, hosts: hosts as Readonly<Record<string, InventoryHost>> }, known, only).problems).toEqual(says)
  })

  it('behind different bastions may have the same address', () => {
    const hosts = { w1: { address: '10.0.0.1', bastion: 'a' }, cp1: { address: '10.0.0.1', bastion: 'b' } }
    expect(mergeInventory({ defaults: {}, hosts }, undefined).problems).toEqual([])
  })
})

it('hosts of etcd, with how its clients log in', () => {
  const etcd = { hosts: { etcd1: { address: '10.0.0.31' }, etcd2: null }, client: { user: 'root', passwordFile: './p' } }
  expect(parseInventory({ etcd })).toEqual({
    kind: 'Inventory',
    inventory: {
      defaults: {},
      hosts: {},
      etcd: { hosts: { etcd1: { address: '10.0.0.31' }, etcd2: {} }, client: { user: 'root', passwordFile: './p' } },
    },
  })
})

it.each([
  [{ host: {} }, 'etcd.host is no field that etcd has: did you mean hosts?'],
  [{ client: { caFiles: '/x' } }, 'etcd.client.caFiles is no field that clients of etcd have: did you mean caFile?'],
  [{ client: { caFile: 'x' } }, 'etcd.client.caFile is "x": write the path of a file on the hosts of etcd'],
  [{ client: { certFile: '/x' } }, 'etcd.client.certFile is of no use without etcd.client.keyFile: write both, or remove it'],
  [{ client: { user: 'root' } }, 'etcd.client.user is of no use without etcd.client.passwordFile: write both, or remove it'],
  [{ hosts: { etcd1: { port: 0 } } }, 'etcd.hosts.etcd1.port is 0: write a number from 1 to 65535'],
  [{ hosts: { Etcd_1: {} } }, 'etcd.hosts.Etcd_1 is no name of a host: write it as its DNS name'],
])('of etcd: %j', (etcd, says) => {
  expect(parseInventory({ etcd })).toEqual({ kind: 'Invalid', problems: [says] })
})

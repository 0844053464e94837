import { describe, expect, it } from 'vitest'
import { apiPlaces, chooseApiServer, enteredMembers, placesOfPassedOn, silentServers } from './choose-api-server.ts'

const member = (n: number) => ({ name: `10.0.0.${n}`, address: `10.0.0.${n}`, port: 6443 })
const three = [1, 2, 3].map(member)
const server = (n: number) => `https://10.0.0.${n}:6443`

describe('the API servers of a cluster', () => {
  it.each([
    {
      what: 'of three control planes',
      endpoints: {
        subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
      },
      found: ['10.0.0.1:6443', '10.0.0.2:6443'],
    },
    {
      what: 'of IPv6',
      endpoints: { subsets: [{ addresses: [{ ip: 'fd00::1' }], ports: [{ name: 'https', port: 443 }] }] },
      found: ['fd00::1:443'],
    },
    {
      what: 'of which one is no address',
      endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: '$(reboot)' }], ports: [{ port: 6443 }] }] },
      found: [],
    },
    { what: 'of which none is ready', endpoints: { subsets: null }, found: [] },
    { what: 'that are no Endpoints', endpoints: 'no', found: [] },
  ])('$what', ({ endpoints, found }) => expect(enteredMembers(endpoints).map(({ address, port }) => `${address}:${port}`)).toEqual(found))
})

describe('the address of a kubeconfig', () => {
  const placesOf = (given: string, resolved: readonly string[], own: readonly string[] = []) =>
    apiPlaces({ server: given, resolved, own }, three).map((place) => place.server)

  it.each([
    { what: 'of one control plane', given: server(2), resolved: ['10.0.0.2'], places: [server(2), server(1), server(3)] },
    {
      what: 'that is a name of one control plane',
      given: 'https://cp1.example:6443',
      resolved: ['10.0.0.1'],
      places: ['https://cp1.example:6443', server(2), server(3)],
    },
    { what: 'of a balancer', given: 'https://10.0.0.100:6443', resolved: ['10.0.0.100'], places: [] },
    { what: 'of a balancer on a control plane', given: 'https://10.0.0.1:8443', resolved: ['10.0.0.1'], places: [] },
    { what: 'of a name that goes round', given: 'https://api.example:6443', resolved: ['10.0.0.1', '10.0.0.2'], places: [] },
    { what: 'of a name that nobody knows', given: 'https://api.example:6443', resolved: [], places: [] },
    { what: 'behind which others stand', given: 'https://10.0.0.1:6443/k8s/clusters/c-1', resolved: ['10.0.0.1'], places: [] },
    {
      what: 'of the control plane that this runs on',
      given: 'https://127.0.0.1:6443',
      resolved: ['127.0.0.1'],
      own: ['192.168.1.5', '10.0.0.3'],
      places: ['https://127.0.0.1:6443', server(1), server(2)],
    },
    { what: 'of a tunnel', given: 'https://127.0.0.1:6443', resolved: ['127.0.0.1'], own: ['192.168.1.5'], places: [] },
  ])('$what leads to $places', ({ given, resolved, own, places }) => expect(placesOf(given, resolved, own)).toEqual(places))

  it('leads nowhere else where there is one control plane', () =>
    expect(apiPlaces({ server: server(1), resolved: ['10.0.0.1'], own: [] }, [member(1)])).toEqual([]))
})

it('an address at which another API server has answered leads to the others, whether it is entered itself or not', () => {
  const places = [server(1), server(2), server(3)]
  for (const members of [three, three.slice(1)])
    expect(placesOfPassedOn({ server: server(1) }, members).map((place) => place.server)).toEqual(places)
  expect(placesOfPassedOn({ server: server(1) }, three.slice(0, 1))).toEqual([])
})

describe('the API server that is asked', () => {
  const places = three.map(({ address }, index) => ({ server: server(index + 1), address }))

  it.each([
    { what: 'stays the same', now: 1, atWork: [], silent: [], next: 1 },
    { what: 'stays the same while another is worked on', now: 1, atWork: [2], silent: [], next: 1 },
    { what: 'is another while it is worked on', now: 1, atWork: [1], silent: [], next: 2 },
    { what: 'does not go back by itself', now: 2, atWork: [], silent: [], next: 2 },
    { what: 'is another when it does not answer', now: 2, atWork: [], silent: [2], next: 1 },
    { what: 'is neither silent nor worked on', now: 1, atWork: [1], silent: [2], next: 3 },
    { what: 'is worked on where no other answers', now: 1, atWork: [1], silent: [2, 3], next: 1 },
    { what: 'is the one that answers, though it is worked on', now: 2, atWork: [1], silent: [2, 3], next: 1 },
  ])('$what', ({ now, atWork, silent, next }) => {
    const choice = { places, now: server(now), atWork: atWork.map((n) => `10.0.0.${n}`), silent: new Set(silent.map(server)) }
    expect(chooseApiServer(choice)).toBe(server(next))
  })

  it('is the one of the kubeconfig where no other is known', () =>
    expect(chooseApiServer({ places: [], now: 'https://api.example', atWork: ['10.0.0.1'], silent: new Set() })).toBe(
      'https://api.example',
    ))

  it('is each in turn while none of them answers', () => {
    let [now, silent] = [server(1), new Set<string>() as ReadonlySet<string>]
    const asked = Array.from({ length: 7 }, () => {
      silent = silentServers(silent, now, places)
      now = chooseApiServer({ places, now, atWork: [], silent })
      return now
    })
    expect(new Set(asked)).toEqual(new Set(places.map((place) => place.server)))
  })
})

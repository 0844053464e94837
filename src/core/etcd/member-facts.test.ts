import { describe, expect, it } from 'vitest'
import { parseEtcdHost } from './host-facts.ts'
import { parseMemberFacts } from './member-facts.ts'
import { memberSettings } from './member-settings.ts'

/** As a real etcd 3.4.23 of three members answered, one line shortened. */
const member = `status=[{"Endpoint":"https://10.76.156.11:2379","Status":{"header":{"cluster_id":15684641417857008294,"member_id":6602313710144617284,"revision":6,"raft_term":2},"version":"3.4.23","dbSize":20480,"leader":11145237612917351397,"raftIndex":9,"raftTerm":2,"raftAppliedIndex":9,"dbSizeInUse":16384}}]
members={"header":{"cluster_id":15684641417857008294,"member_id":6602313710144617284,"raft_term":2},"members":[{"ID":6602313710144617284,"name":"etcd1","peerURLs":["https://10.76.156.11:2380"],"clientURLs":["https://10.76.156.11:2379"]},{"ID":11145237612917351397,"peerURLs":["https://10.76.156.12:2380"],"isLearner":true}]}
health=[{"endpoint":"https://10.76.156.11:2379","health":true,"took":"1.4ms"}]
authentication=no
alarms=memberID:6602313710144617284 alarm:NOSPACE
db_kib=20
data_free_kib=9000000
end=yes
`

describe('the answer of a member', () => {
  it('keeps numbers of 64 bits exactly, as etcdctl shows them in tables', () => {
    const facts = parseMemberFacts(member)
    expect(facts?.status).toMatchObject({
      clusterId: 'd9ab0a44ccbf02a6',
      memberId: '5ba02156bcdc7b44',
      leader: '9aabd68f1742e3e5',
      appliedIndex: 9,
    })
    expect(facts?.members).toEqual([
      {
        id: '5ba02156bcdc7b44',
        name: 'etcd1',
        peerUrls: ['https://10.76.156.11:2380'],
        clientUrls: ['https://10.76.156.11:2379'],
        isLearner: false,
      },
      { id: '9aabd68f1742e3e5', name: '', peerUrls: ['https://10.76.156.12:2380'], clientUrls: [], isLearner: true },
    ])
    expect(facts).toMatchObject({ isHealthy: true, alarms: ['NOSPACE of 5ba02156bcdc7b44'], authentication: false })
  })

  it('tells why there is none', () => {
    const line =
      'status_error={"level":"warn","msg":"retrying","error":"rpc error: code = DeadlineExceeded desc = context deadline exceeded"}'
    expect(parseMemberFacts(`${line}\nend=yes\n`)).toEqual({ isHealthy: false, alarms: [], problems: ['context deadline exceeded'] })
  })

  it.each(['', 'status=[]', 'rm -rf /', 'status=[]\nend'])('that is something else is none: %j', (text) => {
    expect(parseMemberFacts(text)).toBe(undefined)
  })
})

/** What a host says that runs etcd from Debian's package. */
const host = `root=0
boot=e1c7e1e6-6f0b-4d53-a3a5-1f1f2a7b9c11
hostname=etcd1
init=systemd
units=1
unit=etcd.service
active=active
binary=/usr/bin/etcd
disk=3.4.23
runs=3.4.23
previous=
package=etcd-server
etcdctl=/usr/bin/etcdctl
etcdctl_version=3.4.23
etcdctl_package=etcd-client
environment=ETCD_NAME=etcd1
environment=ETCD_DATA_DIR=/var/lib/etcd/default
environment=ETCD_ADVERTISE_CLIENT_URLS=https://10.0.0.31:2379
environment=ETCD_TRUSTED_CA_FILE=/etc/etcd/pki/ca.crt
environment=ETCD_CERT_FILE=/etc/etcd/pki/member.crt
environment=ETCD_KEY_FILE=/etc/etcd/pki/member.key
manager=apt-get
installed=etcd-server 3.4.23-4+b4
available=etcd-server 3.5.16-4
available=etcd-server 3.4.23-4+b4
held=etcd-server
free_kib=9000000
step=0123456789ab install-etcd 2 0 
end=yes
`

describe('how a member is started', () => {
  const read = (text: string) => {
    const parsed = parseEtcdHost(text)
    if (parsed.kind === 'Refused') throw new Error(parsed.message)
    return parsed.facts
  }

  it('is read from what its process was given', () => {
    expect(read(host)).toMatchObject({ disk: [3, 4, 23], held: ['etcd-server'], step: [{ step: 'install-etcd', attempt: 2, exitCode: 0 }] })
    expect(memberSettings(read(host))).toMatchObject({
      ...{ name: 'etcd1', dataDir: '/var/lib/etcd/default', endpoint: 'https://10.0.0.31:2379' },
      ...{ ca: '/etc/etcd/pki/ca.crt', cert: '/etc/etcd/pki/member.crt', key: '/etc/etcd/pki/member.key' },
    })
  })

  it('flags come before variables, a file before both, the inventory before what it names', () => {
    const flags = read(`argument=--name\nargument=etcd9\nargument=--advertise-client-urls=http://0.0.0.0:4001\n${host}`)
    expect(memberSettings(flags)).toMatchObject({ name: 'etcd9', endpoint: 'http://127.0.0.1:4001', ca: '', cert: '' })
    const file = read(
      `config=name etcd7\nconfig=data-dir /data\nconfig=listen-client-urls https://10.0.0.7:2379\nconfig=client-transport-security.cert-file /c\n${host}`,
    )
    expect(memberSettings(file)).toMatchObject({ name: 'etcd7', dataDir: '/data', endpoint: 'https://10.0.0.7:2379', cert: '/c', ca: '' })
    expect(memberSettings(file, { certFile: '/mine', keyFile: '/key' })).toMatchObject({ cert: '/mine', key: '/key' })
  })

  it.each([
    ['', /^it did not tell how etcd runs there/],
    ['init=other\n', /^it has no systemd/],
    ['units=0\n', /^neither a service nor a static pod of it runs etcd/],
    [host.replace('units=1', 'units=2'), /^2 services of it run etcd: disable all but one/],
    [host.replace('binary=/usr/bin/etcd', 'binary=/usr/bin/$(reboot)'), /^what it says of etcd cannot be: binary/],
  ])('or why it cannot be worked on', (text, says) => {
    expect(parseEtcdHost(text)).toEqual({ kind: 'Refused', message: expect.stringMatching(says) })
  })
})

/** What a host says whose kubelet runs etcd from a manifest. */
const pod = `root=0
boot=e1c7e1e6-6f0b-4d53-a3a5-1f1f2a7b9c11
hostname=etcd1
init=systemd
kind=pod
units=1
runs=3.4.13
engine=crictl
socket=/run/containerd/containerd.sock
image=registry.k8s.io/etcd:3.5.26-0
previous_mark=registry.k8s.io/etcd:3.4.13-0
mark=registry.k8s.io/etcd:3.5.26-0
place=1 /etc/kubernetes/manifests/etcd.yaml
active=active
free_kib=9000000
unit=kubelet.service
binary=/proc/812/root/usr/local/bin/etcd
etcdctl=/proc/812/root/usr/local/bin/etcdctl
argument=--name=etcd1
end=yes
`

describe('a member in a static pod', () => {
  it('is known by its manifest: what will run by the tag there, what runs by its process', () => {
    expect(parseEtcdHost(pod)).toMatchObject({
      kind: 'Facts',
      facts: {
        ...{ kind: 'pod', disk: [3, 5, 26], runs: [3, 4, 13], previous: [3, 4, 13] },
        place: [{ times: 1, path: '/etc/kubernetes/manifests/etcd.yaml' }],
      },
    })
  })

  it('whose image tells no version is taken for what runs', () => {
    expect(parseEtcdHost(pod.replaceAll(/mark=.*/g, 'mark=registry.k8s.io/etcd:latest'))).toMatchObject({ facts: { disk: [3, 4, 13] } })
  })

  it.each([
    ['stacked=yes\n', /^its etcd belongs to a control plane of kubeadm/],
    ['containers=2\n', /^2 containers of it run etcd: stop all but one/],
  ])('or why it cannot be worked on: %j', (line, says) => {
    expect(parseEtcdHost(line + pod)).toEqual({ kind: 'Refused', message: expect.stringMatching(says) })
  })

  it('a second manifest beside it would run as well', () => {
    expect(parseEtcdHost(pod.replace('units=1', 'units=2'))).toEqual({
      kind: 'Refused',
      message: '2 manifests of it run etcd: leave one in the folder, as its kubelet runs each of them',
    })
  })
})

import { expect, it } from 'vitest'
import { type NamedDisk, parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { factsOf, type HostFiles } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

const path = '/dev/vg0/docker'
const sys = '/sys/dev/block/253:3'
const mountinfo = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '30 22 253:3 / /var/lib/docker rw,relatime shared:9 - ext4 /dev/mapper/vg0-docker rw',
  '31 30 0:50 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw',
  '32 30 8:33 / /var/lib/docker/volumes/pg rw shared:3 master:4 - xfs /dev/sdc1 rw',
  '33 22 8:17 / /var/lib/containerd rw - ext4 /dev/sdb1 rw',
  '34 22 253:3 /containers /srv/logs rw - ext4 /dev/mapper/vg0-docker rw',
].join('\n')
const files: HostFiles = {
  '/proc/self/mountinfo': `${mountinfo}\n`,
  '/proc/swaps': 'Filename Type Size Used Priority\n/dev/dm-7 partition 1000 0 -2\n',
  [`${sys}/size`]: '83886080\n',
  [`${sys}/ro`]: '0\n',
  [`${sys}/dm/uuid`]: 'LVM-abc def\n',
  [`${sys}/holders/dm-9/dm/name`]: 'vg1-lv\n',
  [`${sys}/holders/md0/size`]: '1\n',
  [`${sys}/docker1/partition`]: '1\n',
  '/var/lib/docker/overlay2/abc/merged/x': '',
  '/var/lib/docker/kubelet/x': '',
  [`/var/lib/docker/volumes/${'a'.repeat(64)}/x`]: '',
  '/var/lib/docker/volumes/pgdata/x': '',
  '/var/lib/docker/volumes/metadata.db': '',
}
const block = (name: string, type = 'block special file/fd/3') => `case "$*" in *${name}) echo '${type}' ;; *) exit 1 ;; esac`
const tools = {
  stat: block(path),
  blkid: "printf 'DEVNAME=x\\nUUID=aaaa-1\\nTYPE=ext4\\n'",
  'mkfs.ext4': ':',
  dmsetup: "echo '0 83886080 linear 8:1 2048'",
  'systemd-escape': 'echo var-lib-docker.mount',
  systemctl: 'echo FragmentPath=/run/systemd/generator/var-lib-docker.mount',
}

function found(change: { readonly tools?: Readonly<Record<string, string>>; readonly files?: HostFiles } = {}): NamedDisk | undefined {
  const host = hostLayouts['kubeadm-docker']
  if (host === undefined) throw new Error('there is no such host')
  const output = factsOf(
    { ...host, files: { ...host.files, ...files, ...change.files }, tools: { ...host.tools, ...tools, ...change.tools } },
    'sh',
    path,
  )
  const read = parseHostFacts(output)
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts.disk
}

it('all is told by which a disk that somebody has named may be refused', () => {
  expect(found()).toEqual({
    path,
    kind: 'block',
    number: '253:3',
    sizeKib: 41_943_040,
    readOnly: false,
    id: 'LVM-abc-def-',
    target: 'linear',
    partitions: ['docker1'],
    holders: ['vg1-lv', 'md0'],
    content: 'ext4',
    uuid: 'aaaa-1',
    mounts: ['/var/lib/docker', '/srv/logs'],
    below: ['/var/lib/docker/volumes/pg'],
    entries: ['kubelet', 'overlay2', 'volumes'],
    volumes: ['pgdata'],
    containerdOn: '8:17',
    swap: false,
    unknown: false,
  })
})

it.each<{ what: string; tools?: Readonly<Record<string, string>>; files?: HostFiles; says: Partial<NamedDisk> }>([
  { what: 'is not there', tools: { stat: 'exit 1' }, says: { kind: 'absent' } },
  { what: 'is a file', tools: { stat: block(path, 'regular file/0/0') }, says: { kind: 'other' } },
  { what: 'is swap', tools: { stat: `case "$*" in *${path} | */dev/dm-7) echo block special file/fd/3 ;; esac` }, says: { swap: true } },
  { what: 'can only be read', files: { [`${sys}/ro`]: '1\n' }, says: { readOnly: true } },
  { what: 'has a partition table', tools: { blkid: 'echo PTTYPE=gpt' }, says: { table: 'gpt' } },
  { what: 'has marks of two file systems', tools: { blkid: 'exit 8' }, says: { content: 'ambiguous' } },
  { what: 'cannot be read', tools: { blkid: 'exit 2', head: 'exit 1' }, says: { content: 'unreadable' } },
  { what: 'is a thin pool', tools: { dmsetup: 'echo 0 1 thin-pool 253:1 253:2 128 0' }, says: { target: 'thin-pool' } },
  {
    what: 'is mounted by a unit',
    tools: {
      systemctl: 'case "$*" in *FragmentPath\\ var-lib-docker.mount) echo FragmentPath=/etc/systemd/system/var-lib-docker.mount ;; esac',
    },
    says: { mountUnit: '/etc/systemd/system/var-lib-docker.mount' },
  },
  {
    what: 'was noted by a step',
    files: { '/var/lib/falkirk/runtime/disk': 'was=aaaa-1\nroot=/srv/docker\nmade=bbbb-2\nfilled=bbbb-2\n' },
    says: { notedWas: 'aaaa-1', notedMade: 'bbbb-2', notedRoot: '/srv/docker' },
  },
])('a disk that $what is told as that', ({ says, ...change }) => {
  expect(found(change)).toMatchObject(says)
})

it('an empty disk has no content, and where nobody names one none is looked at', () => {
  const { content, uuid } = found({ tools: { blkid: 'exit 2' }, files: { [path]: 'x' } }) ?? {}
  expect([content, uuid]).toEqual([undefined, undefined])
  const host = hostLayouts['kubeadm-docker']
  expect(host === undefined ? undefined : parseHostFacts(factsOf(host))).toMatchObject({
    facts: expect.not.objectContaining({ disk: expect.anything() }),
  })
})

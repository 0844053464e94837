import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { hostScript } from '../../core/etcd/scripts/host-script.ts'
import { library } from '../../core/recipe/scripts/library.ts'

const etcd = '/usr/bin/etcd --name a'
const podman = '/usr/bin/podman start etcd'

/** The lines of `units` on a host with these units, by what they start; systemd is played, its patterns of names included. */
function unitsOf(units: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.keys(units).join(' ')
  const starts = Object.entries(units).map(([name, start]) => `${name}) echo '{ path=${start.split(' ')[0]} ; argv[]=${start} ; }' ;;`)
  const played = `
property() { case $2 in
  ActiveState) echo active ;;
  UnitFileState) echo enabled ;;
  ExecStart) case $1 in ${starts.join(' ')} esac ;;
esac; }
systemctl() { for each in ${names}; do for pattern in "$@"; do case $each in $pattern) echo "$each loaded active running"; break ;; esac; done; done; }
units
`
  const functions = hostScript.slice(0, hostScript.indexOf('\nsay root'))
  return execFileSync('sh', ['-c', [library, functions, played].join('\n')], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

it.each([
  { what: 'of the program itself', units: { 'etcd.service': etcd }, found: ['etcd.service active enabled unit'] },
  { what: 'of a container', units: { 'etcd.service': podman }, found: ['etcd.service active enabled container'] },
  {
    what: 'that podman generate systemd has named',
    units: { 'container-etcd1.service': podman, 'container-web.service': '/usr/bin/podman start web' },
    found: ['container-etcd1.service active enabled container'],
  },
  {
    what: 'beside one that only saves what etcd has',
    units: { 'etcd-backup.service': '/usr/local/bin/save-etcd', 'etcd.service': etcd },
    found: ['etcd.service active enabled unit'],
  },
])("a member's unit is found, one $what", ({ units, found }) => {
  expect(unitsOf(units as unknown as Readonly<Record<string, string>>)).toEqual(found)
})

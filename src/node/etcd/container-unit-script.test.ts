import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containerFunctions } from '../../core/etcd/scripts/container.ts'
import { containerUnitFunctions } from '../../core/etcd/scripts/container-unit.ts'
import { replaceImageScript, restoreImageScript } from '../../core/etcd/scripts/image-steps.ts'
import { library } from '../../core/recipe/scripts/library.ts'
import { shellAssignments } from '../../core/recipe/shell-quote.ts'

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-etcd-unit-'))
  mkdirSync(at('state'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Unit {
  readonly start: string
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: string
  /** What a generator has made it from. */
  readonly source?: string
  /** Where its own lines are said to lie. */
  readonly fragment?: string
  /** What `docker ps` tells. */
  readonly runs?: string
}

/** What is found of a unit whose lines are in a folder of the test; systemd and the container engine are played. */
function found({ start, files = {}, environment = '', runs = '', source = '', fragment = at('etcd.service') }: Unit): string {
  const unit = { 'etcd.service': `[Service]\nExecStart=${start.replaceAll('AT', folder)}\n`, ...files }
  for (const [name, content] of Object.entries(unit)) writeFileSync(at(name), content, { mode: 0o755 })
  const played = `
say() { [ -z "$2" ] || echo "$1=$2"; }
timeout() { shift; "$@"; }
docker() { printf '%s\\n' "$runs"; }
podman() { docker; }
property() { case $2 in
  ExecStart) echo "{ path=\${start%% *} ; argv[]=$start ; ignore_errors=no ; }" ;;
  FragmentPath) echo "$fragment" ;;
  SourcePath) [ -z "$source" ] || echo "$at/$source" ;;
esac; }
systemctl() { [ -z "$environment" ] || echo "EnvironmentFiles=$at/$environment (ignore_errors=no)"; }
unit=etcd.service
if starts_container "$unit"; then echo starts=container; else echo starts=other; exit; fi
find_image
echo "engine=$engine image=$image mark=$mark"
echo "$places"
`
  const values = shellAssignments({
    start: start.replaceAll('AT', folder),
    environment,
    runs,
    source,
    fragment,
    at: folder,
    state: at('state'),
  })
  return execFileSync('sh', ['-c', [values, library, containerFunctions, containerUnitFunctions, played].join('')], {
    encoding: 'utf8',
  }).replaceAll(`${folder}/`, '')
}

const image = 'quay.io/coreos/etcd:v3.4.13'
/** As kubespray writes it, who calls it `etcd`. */
const script = `#!/bin/bash
# ${image} is what this was made for
/usr/bin/docker run \\
  --restart=on-failure:5 \\
  --env-file=/etc/etcd.env \\
  --net=host \\
  -v /var/lib/etcd:/var/lib/etcd:rw \\
  --name=etcd1 \\
  ${image} \\
  /usr/local/bin/etcd \\
  "$@"
`

describe('a unit that starts a container', () => {
  it('by a script that is called as etcd is', () => {
    expect(
      found({ start: 'AT/etcd', files: { etcd: script, 'etcd.env': 'ETCD_NAME=etcd1\n' }, environment: 'etcd.env', runs: image }),
    ).toBe(`starts=container\nengine=docker image=${image} mark=${image}\n0 etcd.service\n0 etcd.env\n1 etcd\n`)
  })

  it('by its own line, while its container is away', () => {
    expect(found({ start: `/usr/bin/podman run --rm --name etcd ${image} etcd` })).toBe(
      `starts=container\nengine=podman image=${image} mark=${image}\n1 etcd.service\n`,
    )
  })

  it('whose tag alone stands in a file of the environment', () => {
    const unit = {
      start: '/usr/bin/docker run quay.io/coreos/etcd:$TAG etcd',
      files: { 'etcd.env': 'TAG=v3.4.13\n' },
      environment: 'etcd.env',
    }
    expect(found({ ...unit, runs: image })).toBe(
      `starts=container\nengine=docker image=${image} mark=v3.4.13\n0 etcd.service\n1 etcd.env\n`,
    )
    mkdirSync(at('state/etcd/previous'), { recursive: true })
    writeFileSync(at('state/etcd/previous/image'), `${image}\nquay.io/coreos/etcd:v3.3.10\n`)
    expect(found(unit)).toBe(
      `starts=container\nprevious_mark=quay.io/coreos/etcd:v3.3.10\nengine=docker image=${image} mark=v3.4.13\n0 etcd.service\n1 etcd.env\n`,
    )
  })

  it('whose file was changed and whose container was not restarted is what the file says', () => {
    const files = { etcd: script.replaceAll('v3.4.13', 'v3.5.26') }
    expect(found({ start: 'AT/etcd', files, runs: image })).toMatch(/ mark=quay\.io\/coreos\/etcd:v3\.5\.26\n0 etcd\.service\n1 etcd\n$/)
    mkdirSync(at('state/etcd/previous'), { recursive: true })
    writeFileSync(at('state/etcd/previous/image'), `${image.replace('3.4.13', '3.5.26')}\n${image}\n`)
    const tagged = { start: '/usr/bin/docker run quay.io/coreos/etcd:$TAG etcd', environment: 'etcd.env', runs: image }
    expect(found({ ...tagged, files: { 'etcd.env': "TAG='v3.5.26'\n" } })).toBe(
      `starts=container\nprevious_mark=${image}\nengine=docker image=quay.io/coreos/etcd:v3.5.26 mark=v3.5.26\n0 etcd.service\n1 etcd.env\n`,
    )
    // noted down, and killed before the file was written
    expect(found({ ...tagged, files: { 'etcd.env': "TAG='v3.4.13'\n" } })).toMatch(/ mark=v3\.4\.13\n0 etcd\.service\n1 etcd\.env\n$/)
    expect(found({ ...tagged, files: { 'etcd.env': "TAG='v3.4.13'\n" }, runs: '' })).toMatch(
      / mark=v3\.4\.13\n0 etcd\.service\n1 etcd\.env\n$/,
    )
  })

  it('whose container is away is not taken for one of its volumes or addresses', () => {
    const start = `/usr/bin/docker run -v /var/lib/etcd:/var/lib/etcd:rw -v etcd:/data --add-host etcd:10.0.0.1 ${image} etcd --advertise-client-urls=http://db-etcd:2379`
    expect(found({ start })).toMatch(/engine=docker image=quay\.io\/coreos\/etcd:v3\.4\.13 /)
  })

  it('that a generator has made is changed where it was made from, as the next reload makes it anew', () => {
    const files = { 'etcd.container': `[Container]\nImage=${image}\n` }
    const fragment = '/run/systemd/generator/etcd.service'
    expect(found({ start: `/usr/bin/podman run --name etcd ${image} etcd`, files, source: 'etcd.container', fragment, runs: image })).toBe(
      `starts=container\nengine=podman image=${image} mark=${image}\n1 etcd.container\n`,
    )
  })

  it('whose tag stands in two places is told so', () => {
    const files = { etcd: script, 'etcd.env': `IMAGE=${image}\n` }
    expect(found({ start: 'AT/etcd', files, environment: 'etcd.env', runs: image })).toMatch(/1 etcd\.env\n1 etcd\n$/)
  })

  it('is not one that runs the program itself, wherever its data lie', () => {
    expect(found({ start: '/usr/bin/etcd --data-dir /mnt/docker --name run' })).toBe('starts=other\n')
  })
})

it('a process of etcd that is only asked for its version is not counted as a member', () => {
  for (const [id, words] of Object.entries({ 812: ['etcd', '--name=etcd1'], 813: ['/usr/local/bin/etcd', '--version'], 814: ['etcd'] })) {
    for (const [name, content] of Object.entries({ comm: 'etcd\n', exe: '', cmdline: `${words.join('\0')}\0` })) {
      mkdirSync(at(`proc/${id}/root`), { recursive: true })
      writeFileSync(at(`proc/${id}/${name}`), content)
    }
  }
  rmSync(at('proc/814/root'), { recursive: true })
  symlinkSync('/', at('proc/814/root'))
  const script_ = containerFunctions.replaceAll('/proc/', `${at('proc')}/`)
  expect(execFileSync('sh', ['-c', `${library}${script_}etcd_in_container`], { encoding: 'utf8' })).toBe('812\n')
})

describe('the file that names the image', () => {
  const step = (script_: string, call: string, values: Readonly<Record<string, string>> = {}) => {
    const all = shellAssignments({
      ...{
        state: at('state'),
        folder: at('state'),
        place: at('manifests/etcd.yaml'),
        kind: 'pod',
        unit: 'etcd',
        etcd: 'etcd',
        endpoint: '',
      },
      ...{
        image: 'k8s.gcr.io/etcd:3.4.13-0',
        mark: 'k8s.gcr.io/etcd:3.4.13-0',
        new_mark: 'k8s.gcr.io/etcd:3.5.26-0',
        new_image: 'k8s.gcr.io/etcd:3.5.26-0',
        version: '3.5.26',
      },
      ...{ ca: '', cert: '', key: '', etcdctl: '', etcdutl: '', goes_forward: 'no', old_version: '3.4.13', ...values },
    })
    execFileSync('sh', ['-c', [all, library, script_, call].join('')], { encoding: 'utf8', stdio: 'pipe' })
  }
  const read = () => readFileSync(at('manifests/etcd.yaml'), 'utf8')
  const old = 'spec:\n  # k8s.gcr.io/etcd:3.4.13-0\n  image: k8s.gcr.io/etcd:3.4.13-0\n'

  beforeEach(() => {
    mkdirSync(at('manifests'))
    writeFileSync(at('manifests/etcd.yaml'), old)
  })

  it('is written as a whole, with nothing beside it, and put back as it was', () => {
    step(replaceImageScript, 'act && probe')
    expect(read()).toBe(old.replace('image: k8s.gcr.io/etcd:3.4.13-0', 'image: k8s.gcr.io/etcd:3.5.26-0'))
    expect(readdirSync(at('manifests'))).toEqual(['etcd.yaml'])
    expect(readdirSync(folder).toSorted()).toEqual(['manifests', 'state'])
    step(replaceImageScript, 'act && act && probe')
    step(restoreImageScript, 'bring_up() { :; }\nact')
    expect(read()).toBe(old)
    expect(readdirSync(at('manifests'))).toEqual(['etcd.yaml'])
  })

  it('is left alone where somebody has edited it meanwhile', () => {
    writeFileSync(at('manifests/etcd.yaml'), old.replaceAll('3.4.13', '3.4.20'))
    expect(() => step(replaceImageScript, 'act')).toThrow(
      /k8s\.gcr\.io\/etcd:3\.4\.13-0 does not stand once in .*etcd\.yaml: somebody has edited it meanwhile/,
    )
    expect(read()).toBe(old.replaceAll('3.4.13', '3.4.20'))
  })

  it('is not put back when all others are newer and the new one has served', () => {
    step(replaceImageScript, 'act')
    mkdirSync(at('state/steps/restart-etcd'), { recursive: true })
    writeFileSync(at('state/steps/served'), '')
    const values = { goes_forward: 'yes', folder: at('state/steps/restart-etcd') }
    expect(() => step(restoreImageScript, 'bring_up() { :; }\nact', values)).toThrow(/the cluster may be at 3\.5\.26 already/)
    expect(read()).toContain('image: k8s.gcr.io/etcd:3.5.26-0')
  })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../../host/host-facts.ts'
import { stepScript } from '../step-script.ts'
import { containerdSettings, goneInContainerd2 } from './containerd-settings.ts'
import { dockerRegistries } from './docker-settings.ts'
import type { RuntimeOrder } from './runtime-order.ts'
import { runtimeRecipe } from './runtime-recipe.ts'
import { switchRuntimeScript } from './scripts/switch-runtime.ts'
import { tomlFunctions } from './scripts/toml.ts'

const docker = factsOf('kubeadm-docker')
const withCni: HostFacts = { ...docker, runtime: { ...docker.runtime, cni: ['10-calico.conflist'], dockerConfig: [] } }
const containerd = factsOf('kubeadm-containerd')
const order: RuntimeOrder = {
  run: 'uid',
  node: 'w1',
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.25.16',
  part: 'Worker',
  runtime: { name: 'containerd' },
}

describe('the change of a runtime', () => {
  it.each([
    { what: 'docker, staged', facts: withCni, step: 'Stage', steps: ['copy-images'] },
    { what: 'docker', facts: withCni, step: 'Change', steps: ['copy-images', 'switch-runtime', 'annotate-node'], undo: 'restore-docker' },
    { what: 'containerd that is to stay', facts: containerd, step: 'Change', steps: [] },
    { what: 'containerd, staged', facts: containerd, step: 'Stage', version: '1.7.28', steps: ['fetch-containerd'] },
    { what: 'containerd', facts: containerd, step: 'Change', version: '1.7.28', steps: ['fetch-containerd', 'upgrade-containerd'] },
  ] as const)('from $what is $steps', ({ facts, step, steps, ...rest }) => {
    const runtime = { name: 'containerd', ...('version' in rest ? { version: rest.version } : {}) } as const
    const found = runtimeRecipe({ ...order, step, runtime }, facts)
    if (found.kind === 'Refused') throw new Error(found.message)
    expect(found.recipe.steps.map(({ name }) => name)).toEqual(steps)
    expect(found.recipe.undo?.name).toBe('undo' in rest ? rest.undo : undefined)
    for (const each of [...found.recipe.steps, ...(found.recipe.undo === undefined ? [] : [found.recipe.undo])]) {
      const script = stepScript(found.recipe, each, 1)
      execFileSync('sh', ['-n'], { input: script })
      expect(Buffer.byteLength(script)).toBeLessThan(32_768)
    }
  })

  it.each([
    {
      what: "docker's own network",
      facts: { ...withCni, kubelet: { ...withCni.kubelet, arguments: ['kubelet'] } },
      says: /docker's own, which containerd does not have/,
    },
    {
      what: 'no configuration of a network',
      facts: { ...withCni, runtime: { ...withCni.runtime, cni: [] } },
      says: /no configuration of a CNI plugin/,
    },
    {
      what: 'no file of flags',
      facts: { ...withCni, kubelet: { ...withCni.kubelet, environment: [] } },
      says: /has its flags in no file with KUBELET_KUBEADM_ARGS/,
    },
    {
      what: "registries in containerd's file",
      facts: withConfig('  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]'),
      says: /^containerd's file names registries itself \(\[plugins\..*mirrors\."docker\.io"\]\).*move them to \/etc\/containerd\/certs\.d/,
    },
    { what: "containerd's file of version 1", facts: withConfig('[plugins.cri]'), says: /is of version 1: write it anew/ },
    { what: 'k3s', facts: factsOf('k3s'), says: /^k3s brings its own containerd/ },
    { what: 'a lower version', facts: containerd, version: '1.5.9', says: /is never taken back to 1\.5\.9$/ },
  ])('is refused: $what', ({ facts, says, ...rest }) => {
    const runtime = { name: 'containerd', ...('version' in rest ? { version: rest.version } : {}) } as const
    expect(runtimeRecipe({ ...order, runtime }, facts)).toMatchObject({ kind: 'Refused', message: expect.stringMatching(says) })
  })
})

it("is not refused for the empty tables of registries in containerd's own default file", () => {
  const text = readFileSync(new URL('testdata/containerd-1.6-default.toml', import.meta.url), 'utf8')
  expect(text).toMatch(/\.registry\.mirrors\]/)
  expect(runtimeRecipe(order, withConfig(...text.split('\n'))).kind).toBe('Recipe')
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-config-'))
  try {
    writeFileSync(join(folder, 'config.toml'), text)
    const played = `notes=${folder}; folder=${folder}; settings=; keep() { :; }; containerd() { :; }; mkdir() { :; }; chmod() { :; }; replace() { cat > /dev/null; }`
    const call = `config=${folder}/config.toml; write_config && echo written`
    expect(execFileSync('sh', ['-c', [switchRuntimeScript, played, call].join('\n')], { encoding: 'utf8' })).toBe('written\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('registries of docker', () => {
  it('are those of containerd: mirrors of the hub, and hosts whose certificate nobody looks at', () => {
    const json = { 'registry-mirrors': ['https://mirror.example/'], 'insecure-registries': ['127.0.0.0/8', 'registry.example:5000'] }
    const hub = { registry: 'docker.io', server: 'https://registry-1.docker.io', url: 'https://mirror.example', verify: true }
    const own = { registry: 'registry.example:5000', server: 'https://registry.example:5000' }
    expect(dockerRegistries([JSON.stringify(json)])).toEqual({
      kind: 'Registries',
      hosts: [hub, { ...own, url: own.server, verify: false }, { ...own, url: 'http://registry.example:5000', verify: true }],
    })
  })

  it('are those that dockerd has by its flags, beside those of its file', () => {
    const file = JSON.stringify({ 'registry-mirrors': ['https://mirror.example'] })
    const flags = [
      '/usr/bin/dockerd',
      '--insecure-registry=a.example,b.example:5000',
      '--insecure-registry',
      'c.example',
      '--registry-mirror',
      'https://near.example/',
    ]
    const read = dockerRegistries([file], flags)
    expect(read.kind === 'Registries' && read.hosts.map(({ registry, url }) => `${registry} ${url}`)).toEqual([
      'docker.io https://mirror.example',
      'docker.io https://near.example',
      ...['a.example', 'b.example:5000', 'c.example'].flatMap((name) => [`${name} https://${name}`, `${name} http://${name}`]),
    ])
    expect(dockerRegistries([], ['dockerd', '--insecure-registry', '10.0.0.0/8'])).toMatchObject({
      kind: 'Refused',
      message: expect.stringMatching(/^dockerd is started with 10\.0\.0\.0\/8, which containerd has no word for/),
    })
  })

  it.each([
    { what: 'no JSON', text: '{', says: /cannot be read as JSON/ },
    { what: 'a network', text: '{"insecure-registries": ["10.0.0.0/8"]}', says: /names 10\.0\.0\.0\/8, which containerd has no word for/ },
    { what: 'a password', text: '{"registry-mirrors": ["https://me:***@mirror.example"]}', says: /names https:\/\/me:\*\*\*@mirror/ },
    { what: 'shell', text: '{"insecure-registries": ["$(reboot)"]}', says: /which containerd has no word for/ },
  ])('are refused with $what', ({ text, says }) => {
    expect(dockerRegistries([text])).toMatchObject({ kind: 'Refused', message: expect.stringMatching(says) })
  })
})

describe("containerd's file", () => {
  const wanted = {
    cgroupDriver: 'systemd',
    sandboxImage: 'registry.k8s.io/pause:3.9',
    cniFolder: '/opt/cni/bin',
    cniConfig: '/etc/cni/net.d',
  } as const

  it.each(['debian-12-package', 'containerd-1.6-default', 'docker-package', 'nothing', 'containerd-2.1-default'])(
    '%s gets what a kubelet needs, once',
    (name) => {
      const text = name === 'nothing' ? '' : readFileSync(new URL(`testdata/${name}.toml`, import.meta.url), 'utf8')
      const settings = containerdSettings({ runtime: { ...containerd.runtime, config: text.split('\n') } }, wanted)
      const set = tomlSet(text, settings)
      expect(set).toMatchSnapshot()
      expect(tomlSet(set, settings)).toBe(set)
    },
  )

  it.each([
    { line: '    systemd_cgroup = true', gone: true },
    { line: '    systemd_cgroup = false', gone: false },
    { line: '  runtime_type = "io.containerd.runtime.v1.linux"', gone: true },
    { line: '  runtime_type = "io.containerd.runc.v2"', gone: false },
    { line: "snapshotter = 'aufs'", gone: true },
  ])('with $line is refused by 2.x: $gone', ({ line, gone }) => {
    expect(goneInContainerd2([line]) !== undefined).toBe(gone)
  })
})

function withConfig(...config: string[]): HostFacts {
  return { ...withCni, runtime: { ...withCni.runtime, config } }
}

function tomlSet(text: string, settings: readonly { table: string; key: string; value: string }[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-toml-'))
  try {
    const file = join(folder, 'settings')
    writeFileSync(file, settings.map(({ table, key, value }) => `${table}\t${key}\t${value}\n`).join(''))
    return execFileSync('sh', ['-c', `${tomlFunctions}\ntoml_set "$1"`, 'sh', file], { input: text, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function factsOf(name: string): HostFacts {
  const found = parseHostFacts(
    JSON.stringify(JSON.parse(readFileSync(new URL(`../../host/testdata/${name}.facts.json`, import.meta.url), 'utf8'))),
  )
  if (found.kind === 'Refused') throw new Error(found.message)
  return found.facts
}

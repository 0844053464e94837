import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build, packageVersion } from '../../scripts/build.mjs'
import { imageConfig, writeImage } from '../../scripts/image.mjs'

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
const loader = { amd64: 'lib64/ld-linux-x86-64.so.2', arm64: 'lib/ld-linux-aarch64.so.1' }[architecture]
const environment = Object.fromEntries(imageConfig.Env.map((entry) => entry.split(/=(.*)/s).slice(0, 2)))

let folder: string
/** The image's root file system. */
let root: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-image-'))
  root = join(folder, 'root')
  await build()
  await writeImage({ out: join(folder, 'image.tar'), architecture })
  await x('tar', ['-xf', 'image.tar'], { throwOnError: true, nodeOptions: { cwd: folder } })
  mkdirSync(root)
  const [image] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  for (const layer of image.Layers) await x('tar', ['-xf', join(folder, layer), '-C', root], { throwOnError: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program of the image as the image's user in its own root; without root privileges, its Node by its own loader. */
function run(name: string, args: string[]) {
  const isRoot = process.getuid?.() === 0
  const inRoot = ['--userspec=65534:65534', root, `/bin/${name}`, ...args]
  const byLoader = ['--library-path', join(root, 'usr/lib'), join(root, 'usr/bin/node'), join(root, 'usr/lib/falkirk/falkirk.js'), ...args]
  const env = isRoot ? environment : { ...environment, FALKIRK_CALLED_AS: name }
  return x(isRoot ? '/usr/sbin/chroot' : join(root, loader), isRoot ? inRoot : byLoader, { nodeOptions: { env } })
}

describe('the image', () => {
  it.each(['system-upgrade-controller', 'falkirk'])('answers to the name %s', async (name) => {
    const { exitCode, stdout } = await run(name, ['--version'])
    expect(stdout).toMatch(new RegExp(`^${packageVersion().replaceAll('.', '\\.')} \\([0-9a-f]{12}(-dirty)?|unknown\\)\n$`))
    expect(exitCode).toBe(0)
  })

  it('starts the controller by its entry point: a missing setting is named in one sentence', async () => {
    const { exitCode, stderr } = await run('system-upgrade-controller', [])
    expect(stderr).toMatch(/^FK_BAD_SETTING: .*SYSTEM_UPGRADE_CONTROLLER_\w+\n$/)
    expect(exitCode).toBe(1)
  })

  it('holds nothing that its user could change, but /tmp', () => {
    expect(statSync(join(root, 'tmp')).mode & 0o7777).toBe(0o1777)
    for (const file of ['usr/bin/node', 'usr/bin/nsenter', 'usr/lib/falkirk/falkirk.js', 'bin/system-upgrade-controller']) {
      expect(statSync(join(root, file)).mode & 0o022).toBe(0)
    }
  })

  it('has all that nsenter needs to enter a host', async () => {
    const [isRoot, library] = [process.getuid?.() === 0, join(root, 'usr/lib')]
    const nsenter = isRoot
      ? await x('/usr/sbin/chroot', [root, '/usr/bin/nsenter', '--version'])
      : await x(join(root, loader), ['--library-path', library, join(root, 'usr/bin/nsenter'), '--version'])
    expect(nsenter.stdout).toMatch(/^\S*nsenter from util-linux \d/)
  })

  it('is the same, byte for byte, when it is written again', async () => {
    await writeImage({ out: join(folder, 'again.tar'), architecture })
    expect(readFileSync(join(folder, 'again.tar')).equals(readFileSync(join(folder, 'image.tar')))).toBe(true)
  })
})

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OsStage, osStage } from './os-stage.ts'

let stage: OsStage

beforeAll(async () => {
  stage = await osStage()
  const { repository, host } = stage
  await repository.publish('demo', '1.0', { files: { 'demo.conf': 'theirs 1.0\n' } })
  for (const name of ['demo-held', 'kubelet', 'demo-library']) await repository.publish(name, '1.0')
  await host.run(
    'apt-get -qq update; apt-get -qq install -y demo demo-held kubelet demo-library; apt-mark hold demo-held; apt-mark auto demo-library',
  )
})

afterAll(async () => {
  await stage?.down()
})

/** Shell that gives a host a repository with one package of another one, labelled as Debian's for fixes of security. */
function securityRepository(url: string, name: string, version: string): string {
  return `
    set -e
    mkdir -p /srv/security && cd /srv/security
    for file in ${name}_${version}_all.deb Packages; do /usr/lib/apt/apt-helper -qq download-file ${url}/$file $file; done
    awk 'BEGIN { RS = ""; ORS = "\\n\\n" } /Package: ${name}\\n/ && /Version: ${version}\\n/' Packages > Packages.one && mv Packages.one Packages
    printf 'Origin: Debian\\nLabel: Debian-Security\\nSuite: stable-security\\nSHA256:\\n %s %s Packages\\n' \
      "$(sha256sum Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)" > Release
    echo 'deb [trusted=yes] file:/srv/security ./' > /etc/apt/sources.list.d/security.list`
}

const complete = { kind: 'Complete' }

describe('packages of a host, by apt over SSH', () => {
  it('are fetched beforehand and installed in the drain; what is held, what the run itself upgrades and what people have changed stays', async () => {
    const { repository, host, run, version } = stage
    await host.run('echo mine > /etc/demo.conf')
    await repository.publish('demo', '1.1', { files: { 'demo.conf': 'theirs 1.1\n' } })
    for (const name of ['demo-held', 'kubelet', 'demo-library']) await repository.publish(name, '1.1')

    expect(await run({ run: 'a', step: 'Stage' })).toMatchObject({ end: complete })
    expect(await version('demo')).toBe('installed 1.0')
    expect(await host.run('cd /var/cache/apt/archives; ls *_1.1_*')).toBe('demo-library_1.1_all.deb\ndemo_1.1_all.deb\n')

    // published after the staging: another change's
    await repository.publish('demo-library', '1.2')
    const fetched = repository.served.length
    expect((await run({ run: 'a' })).end).toEqual(complete)
    expect(await version('demo')).toBe('installed 1.1')
    expect(repository.served.slice(fetched)).toEqual([])
    expect(await host.run('cat /etc/demo.conf /etc/demo.conf.dpkg-dist')).toBe('mine\ntheirs 1.1\n')
    expect(await Promise.all(['demo-held', 'kubelet', 'demo-library'].map(version))).toEqual([
      'installed 1.0',
      'installed 1.0',
      'installed 1.1',
    ])
    expect(await host.run('apt-mark showauto demo-library; apt-mark showhold')).toBe('demo-library\ndemo-held\n')
    expect(await host.run('stat -c %a /usr/share/demo/version')).toBe('644\n')
  })

  it('that are fixes of security alone are told from others by where they come from', async () => {
    const { repository, host, run, version } = stage
    await repository.publish('demo', '1.2')
    const security = { os: { packages: 'Security', reboot: 'Never' } } as const
    expect((await run(security)).end).toEqual(complete)
    expect(await Promise.all(['demo', 'demo-library'].map(version))).toEqual(['installed 1.1', 'installed 1.1'])
    await host.run(securityRepository(repository.url, 'demo-library', '1.2'))
    expect((await run(security)).end).toEqual(complete)
    expect(await Promise.all(['demo', 'demo-library'].map(version))).toEqual(['installed 1.1', 'installed 1.2'])
    expect(await host.run('apt-mark showauto demo-library; rm /etc/apt/sources.list.d/security.list')).toBe('demo-library\n')
  })
})

describe('what stands in the way', () => {
  it('is said: a lock that another apt holds, by whom; and it is waited for', async () => {
    const { repository, host, run, version } = stage
    await repository.publish('demo-slow', '1.0', { configure: 'until [ -e /run/go-on ]; do sleep 0.1; done' })
    await host.run('apt-get -qq update; systemd-run --quiet --unit=another apt-get -qq -y install demo-slow')
    await host.run('until pgrep -f demo-slow.postinst > /dev/null; do sleep 0.1; done')
    const { end } = await run({}, { lockSeconds: 1 })
    expect(end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^mend-packages failed: apt-get \(process \d+\) holds \/var\/lib\/dpkg\/lock-frontend, and has for more than 1 seconds: wait/,
      ),
    })
    const going = run({})
    await host.run('until grep -qs "^waits: apt-get" /var/lib/falkirk/steps/*/mend-packages/output; do sleep 0.1; done; touch /run/go-on')
    expect((await going).end).toEqual(complete)
    expect(await version('demo')).toBe('installed 1.2')
    expect(await version('demo-slow')).toBe('installed 1.0')
  })

  it('is mended: a package that is half configured; where that cannot be, its own words are told', async () => {
    const { repository, host, run, version } = stage
    await repository.publish('demo-half', '1.0', { configure: '[ -e /run/half ] || { echo "demo-half wants /run/half" >&2; exit 1; }' })
    await host.attempt('apt-get -qq update; apt-get -qq -y install demo-half')
    expect(await version('demo-half')).toBe('half-configured 1.0')
    expect((await run({ run: 'half', step: 'Stage' })).end).toEqual(complete)
    const { end } = await run({ run: 'half' })
    expect(end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^mend-packages failed: what an earlier installation .* dpkg does not get demo-half through \(.*dpkg --configure demo-half/,
      ),
    })
    await host.run('touch /run/half')
    expect((await run({ run: 'half' }, { attempt: 2 })).end).toEqual(complete)
    expect(await version('demo-half')).toBe('installed 1.0')
  })

  it('is said: no room for what is to be fetched', async () => {
    const { repository, host, run, version } = stage
    await repository.publish('demo', '1.3', { files: { 'demo.large': randomBytes(3_000_000) } })
    await host.run('mount -t tmpfs -o size=1m tmpfs /var/cache/apt/archives')
    const { end } = await run({ run: 'full', step: 'Stage' })
    expect(end).toMatchObject({
      kind: 'Failed',
      message:
        'fetch-packages failed: /var/cache/apt/archives has 1 MiB free, and what is to be fetched needs 3 MiB: make room there, then go on',
    })
    await host.run('umount /var/cache/apt/archives')
    expect((await run({ run: 'full', step: 'Stage' }, { attempt: 2 })).end).toEqual(complete)
    expect(await version('demo')).toBe('installed 1.2')
  })

  it.each([
    { what: 'is not signed', source: (url: string) => `deb ${url.replace(/\/\/[^:]*/, '//rig')} ./`, says: /is not signed/ },
    { what: 'does not answer', source: () => 'deb [trusted=yes] http://127.0.0.1:9 ./', says: /Connection refused|Could not connect/i },
  ])('is said: a repository that $what, with its file', async ({ source, says }) => {
    const { repository, host, run } = stage
    await host.run(`echo '${source(repository.url)}' > /etc/apt/sources.list.d/broken.list`)
    const { end } = await run({ step: 'Stage' })
    expect(end).toMatchObject({ kind: 'Failed', message: expect.stringMatching(says) })
    expect(end).toMatchObject({
      message: expect.stringMatching(/^plan-packages failed: a repository .*: mend it in \/etc\/apt\/sources\.list\.d\//),
    })
    await host.run('rm /etc/apt/sources.list.d/broken.list')
  })
})

describe('a reboot', () => {
  it('is not begun where a service would not come back', async () => {
    const { host, run } = stage
    const before = await host.bootId()
    await host.run('systemctl disable --quiet kubelet')
    const { end } = await run({ os: { packages: 'None', reboot: 'Always' } })
    expect(end).toMatchObject({
      message: 'reboot failed: kubelet.service runs and would not come back after a reboot: systemctl enable kubelet.service, then go on',
    })
    await host.run('systemctl enable --quiet kubelet')
    expect(await host.bootId()).toBe(before)
  })

  it('follows packages that ask for it, once: another boot ID, and what ran before runs again', async () => {
    const { repository, host, run, version } = stage
    const before = await host.bootId()
    await repository.publish('demo', '1.4', { rebootRequired: true })
    const { end, said } = await run({ run: 'reboot' })
    expect(end).toEqual(complete)
    expect(said.filter((line) => line.startsWith('reboot: '))).toHaveLength(1)
    expect(await version('demo')).toBe('installed 1.4')
    const after = await host.bootId()
    expect(after).not.toBe(before)
    expect(await host.run('systemctl is-active kubelet containerd')).toBe('active\nactive\n')
    // asked again, as by a controller that comes after a kill: nothing is left to do
    expect(await run({ run: 'reboot' })).toEqual({ end: complete, said: [] })
    expect(await host.bootId()).toBe(after)
  })
})

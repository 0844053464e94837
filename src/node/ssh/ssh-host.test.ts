import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { HostEntry } from '../../core/inventory/host-entry.ts'
import { hostContract } from '../host-contract.test-support.ts'
import { type SshConnections, sshConnections } from './ssh-connections.ts'
import { type SshHost, sshHost } from './ssh-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'falkirk-ssh-host-'))
const opened: SshConnections[] = []
afterEach(async () => {
  for (const connections of opened.splice(0)) await connections.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Stands for ssh and all that is behind it: a connection is a file, and a command is run by a login shell of this machine. What real servers say
 * is asked in test/e2e/ssh.
 */
function fakeSsh(name: string, login = 'exec /bin/sh -c "$command"'): string {
  const file = join(folder, name)
  const script = `#!/bin/sh
echo "$@" >> '${file}.log'
for word; do command=$word; done
while [ $# -gt 0 ]; do
  case $1 in
    -M) open=yes; shift ;;
    -O) end=yes; shift 2 ;;
    -S) socket=$2; shift 2 ;;
    *) shift ;;
  esac
done
if [ -n "\${open-}" ]; then echo open > "$socket"; exit 0; fi
if [ -n "\${end-}" ]; then rm -f "$socket"; exit 0; fi
${login}
`
  writeFileSync(file, script, { mode: 0o755 })
  return file
}

const entry: HostEntry = { name: 'w1', address: '192.0.2.1', become: 'none' }

function host(program: string, of: Partial<HostEntry> = {}): SshHost {
  const connections = sshConnections({ program, times: { limitSeconds: 60 } })
  opened.push(connections)
  return sshHost({ ...entry, ...of }, connections)
}

/** Programs that come before the machine's own. */
function programs(name: string, scripts: Readonly<Record<string, string>>): string {
  const bin = join(folder, name)
  mkdirSync(bin)
  for (const [program, script] of Object.entries(scripts)) writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return bin
}

// these tests run as anybody
const idBin = programs('id-bin', { id: 'echo 0' })
const asRoot = `PATH=${idBin}:$PATH exec /bin/sh -c "$command"`

describe('by a login shell', () => {
  const program = fakeSsh('ssh', asRoot)
  hostContract('ssh', () => host(program))
})

describe('a login whose start-up files are noisy, in another language and with another umask', () => {
  const noise = `echo welcome; echo hello >&2; LC_ALL=de_DE.UTF-8; umask 077; export LC_ALL FALKIRK_NOISE=1; set -f; ${asRoot}`
  hostContract('ssh with noise', () => host(fakeSsh(`ssh-noise-${opened.length}`, noise)))
})

/** As far as the bootstrap meets it. `asks`: it takes a password, or says what is wrong. */
function fakeSudo(asks: string): string {
  return `case $1 in -n) given=;; *) given=yes ;; esac; ${asks}; while [ "$1" != -- ]; do shift; done; shift; exec "$@"`
}

const asksFor = (password: string) =>
  `[ -n "$given" ] || { echo "sudo: a password is required" >&2; exit 1; }
   IFS= read -r p; [ "$p" = ${password} ] || { echo "Sorry, try again." >&2; IFS= read -r p || echo "sudo: no password was provided" >&2; exit 1; }`

function sudoHost(name: string, sudo: string, of: Partial<HostEntry> = {}): { host: SshHost; log: () => string } {
  const bin = programs(`${name}-bin`, { sudo: fakeSudo(sudo), id: 'echo 0' })
  const program = fakeSsh(name, `PATH=${bin}:$PATH exec /bin/sh -c "$command"`)
  return {
    host: host(program, { become: 'sudo', user: 'ops', ...of }),
    log: () => readFileSync(`${program}.log`, 'utf8'),
  }
}

function passwordFile(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

describe('a user that becomes root by sudo', () => {
  const file = passwordFile('password', 's3cret\nsecond line\n')
  const texts = { script: 'echo "$1"; cat', word: 'word', input: { text: 'in\nput' } }
  const cases = [
    { title: 'without a password', name: 'nopasswd', sudo: ':', of: {} },
    { title: 'with its password', name: 'asks', sudo: asksFor('s3cret'), of: { passwordFile: file } },
    { title: 'that does not ask for the password it is given', name: 'idle', sudo: ':', of: { passwordFile: file } },
  ]

  it.each(cases)('$title runs scripts with and without an input, and the password stands nowhere', async ({ name, sudo, of }) => {
    const { host, log } = sudoHost(name, sudo, of)
    for (let time = 0; time < 2; time += 1) {
      expect(await host.run(texts.script, texts.word, texts.input)).toEqual({ exitCode: 0, stdout: 'word\nin\nput', stderr: '' })
      expect(await host.run(texts.script, texts.word)).toEqual({ exitCode: 0, stdout: 'word\n', stderr: '' })
    }
    expect(log()).not.toContain('s3cret')
  })

  const refusals = [
    { name: 'needs', sudo: asksFor('s3cret'), says: /asks for the password of ops: name a file with it \(passwordFile\)/ },
    { name: 'wrong', sudo: asksFor('other'), of: { passwordFile: file }, says: /the password in .*password is not that of ops/ },
    { name: 'not-in', sudo: 'echo "ops is not in the sudoers file." >&2; exit 1', says: /ops may not become root by sudo/ },
    { name: 'tty', sudo: 'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1', says: /!requiretty/ },
    { name: 'none', sudo: 'echo "env: sudo: No such file or directory" >&2; exit 127', says: /there is no sudo: install it/ },
  ]
  it.each(refusals)('is refused when sudo says so: $name', async ({ name, sudo, of = {}, says }) => {
    const { host } = sudoHost(`refused-${name}`, sudo, of)
    await expect(host.run('echo never > /dev/null', 'x')).rejects.toMatchObject({
      code: 'FK_HOST',
      reason: 'NotRoot',
      message: expect.stringMatching(says),
    })
  })

  it('is not sent a script as another password', async () => {
    const seen = join(folder, 'seen')
    const { host } = sudoHost('greedy', `cat > ${seen}; echo "Sorry, try again." >&2; exit 1`, { passwordFile: file })
    await expect(host.run('echo never', 'x')).rejects.toThrow(/is not that of ops/)
    expect(readFileSync(seen, 'utf8')).toBe('s3cret\n')
  })
})

describe('a password file', () => {
  it.each([
    { name: 'open', text: 'x\n', mode: 0o644, says: /may be read by others than its owner: chmod 600/ },
    { name: 'empty', text: '\n', mode: 0o600, says: /is empty: write the password/ },
  ])('that is $name is refused', async ({ name, text, mode, says }) => {
    const file = passwordFile(`password-${name}`, text)
    chmodSync(file, mode)
    const { host } = sudoHost(`file-${name}`, ':', { passwordFile: file })
    await expect(host.run('true', 'x')).rejects.toThrow(says)
  })

  it('that is not there is refused', async () => {
    const { host } = sudoHost('file-none', ':', { passwordFile: '/nonexistent/password' })
    await expect(host.run('true', 'x')).rejects.toThrow('the password file /nonexistent/password cannot be read (ENOENT)')
  })
})

describe('a host that cannot be worked on', () => {
  const refusals = [
    {
      title: 'a login without a shell',
      login: 'echo "This account is currently not available."; exit 1',
      reason: 'NoShell',
      says: /lets the user in and runs no commands for it \(This account is currently not available\.\)/,
    },
    { title: 'a connection that is cut at once', login: 'exit 255', reason: 'Unreachable', says: /cannot be reached/ },
  ]
  it.each(refusals)('$title', async ({ title, login, reason, says }) => {
    await expect(host(fakeSsh(`fault-${title.replaceAll(' ', '-')}`, login)).run('true', 'x')).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(says),
    })
  })

  it('a user that is not root, and no sudo', async () => {
    const bin = programs('user-bin', { id: 'echo 1000' })
    const failing = host(fakeSsh('fault-user', `PATH=${bin}:$PATH exec /bin/sh -c "$command"`), { user: 'ops' })
    await expect(failing.run('true', 'x')).rejects.toThrow('on node w1 (192.0.2.1) ops is not root: set become: sudo in the inventory')
  })

  it('a host that says more than it may', async () => {
    await expect(host(fakeSsh('endless', asRoot)).run('yes', 'x')).rejects.toMatchObject({ reason: 'TooMuch' })
  })

  it('connections that were ended', async () => {
    const connections = sshConnections({ program: fakeSsh('ended', asRoot) })
    const before = sshHost(entry, connections)
    expect(await before.run('echo there', 'x')).toMatchObject({ stdout: 'there\n' })
    const ended = expect(before.run('sleep 60', 'x')).rejects.toMatchObject({ reason: 'ConnectionCut' })
    await connections.close()
    await ended
    for (const late of [before, sshHost(entry, connections)]) {
      await expect(late.run('echo there', 'x')).rejects.toThrow('was left, as the connection was closed from here')
    }
  })

  it('no ssh on this machine', async () => {
    await expect(host('/nonexistent/ssh').run('true', 'x')).rejects.toThrow('there is no program /nonexistent/ssh on this machine')
  })
})

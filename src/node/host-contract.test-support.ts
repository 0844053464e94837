import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileSha256 } from './file-sha256.ts'
import { type Host, outputLimit } from './host.ts'
import { getFile, putFile } from './host-files.ts'

/** What every way to reach a host has to do, however it gets there. */
export function hostContract(name: string, host: () => Host): void {
  describe(`a host by ${name}`, () => {
    runsScripts(host)
    givesOutputs(host)
    carriesFiles(host)
  })
}

function runsScripts(host: () => Host): void {
  it('runs a script with its word, and gives both outputs and the exit code', async () => {
    expect(await host().run('echo "out $1"; echo err >&2; exit 3', 'look')).toEqual({ exitCode: 3, stdout: 'out look\n', stderr: 'err\n' })
  })

  it.each(["it's", '$HOME `id` $(id)', 'two\nlines', '\\ " *', ''])('gives a script %j as it was written', async (text) => {
    const { stdout } = await host().run(`cat <<'END-OF-TEXT'\n${text}\nEND-OF-TEXT\n`, 'x')
    expect(stdout).toBe(`${text}\n`)
  })

  it('feeds a text, whatever is in it', async () => {
    const text = 'quotes \' and " and $HOME\n'.repeat(10_000)
    expect(await host().run('wc -c', 'x', { text })).toMatchObject({ stdout: `${text.length}\n` })
  })

  it('feeds a file as it is', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'binary')
      writeFileSync(file, Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256)))
      expect(await host().run('sha256sum', 'x', { file })).toMatchObject({ stdout: `${await fileSha256(file)}  -\n` })
    })
  })

  it('without an input the script reads nothing', async () => {
    expect(await host().run('cat; echo end', 'x')).toMatchObject({ exitCode: 0, stdout: 'end\n' })
  })

  it('a script that does not read its input ends as it ends', async () => {
    expect(await host().run('exit 4', 'x', { text: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 4 })
  })

  it('so does one that leaves its input to something it has started', async () => {
    const script = 'exec 3<&0; sleep 0.5 <&3 >/dev/null 2>&1 & exit 4'
    expect(await host().run(script, 'x', { text: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 4 })
  })

  it('a script that is killed ends with the number of the signal', async () => {
    expect(await host().run('kill -KILL $$', 'x')).toMatchObject({ exitCode: 137 })
  })

  it('nothing of the environment goes there', async () => {
    process.env.FALKIRK_CONTRACT = 'secret'
    expect((await host().run('env', 'x')).stdout).not.toContain('FALKIRK_CONTRACT')
    delete process.env.FALKIRK_CONTRACT
  })
}

function givesOutputs(host: () => Host): void {
  it('keeps a bounded part of what a host says, and reads all of it', async () => {
    const { exitCode, stdout } = await host().run('head -c 3000000 /dev/zero | tr "\\0" x; exit 7', 'x')
    expect([exitCode, stdout.length]).toEqual([7, outputLimit])
  })

  it('gives the output as a file, as it is, and no larger than it may be', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'got')
      const script = 'head -c 300000 /dev/zero; echo err >&2; exit 3'
      expect(await host().run(script, 'x', undefined, { file, mostBytes: 300_000 })).toEqual({ exitCode: 3, stdout: '', stderr: 'err\n' })
      expect(readFileSync(file).equals(Buffer.alloc(300_000))).toBe(true)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const tooSmall = host().run('cat /dev/zero', 'x', undefined, { file, mostBytes: 299_999 })
      await expect(tooSmall).rejects.toThrow('the host sends more than 299999 bytes')
    })
  })

  it('says nothing to a terminal', async () => {
    const hostile = "printf 'a\\033[2J\\033]0;title\\007b\\rc\\010\\t\\302\\233\\342\\200\\256d\\n'"
    expect(await host().run(hostile, 'x')).toMatchObject({ stdout: 'ab\nc\td\n' })
  })
}

function carriesFiles(host: () => Host): void {
  it('puts a file and gets it back, whole and with its mode', async () => {
    await inFolder(async (here) => {
      const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256))
      writeFileSync(join(here, 'sent'), content)
      const there = `${(await host().run('mktemp -d', 'x')).stdout.trim()}/a file's $name`
      expect(await putFile(host(), { here: join(here, 'sent'), there }, 0o640)).toBe(undefined)
      expect((await host().run('stat -c %a "$1"; ls -A "$(dirname "$1")" | wc -l', there)).stdout).toBe('640\n1\n')
      expect(await getFile(host(), { here: join(here, 'got'), there }, 300_000)).toBe(undefined)
      expect(readFileSync(join(here, 'got')).equals(content)).toBe(true)
      await expect(getFile(host(), { here: join(here, 'got'), there }, 299_999)).rejects.toThrow('more than 299999 bytes')
      await host().run('rm -r "$(dirname "$1")"', there)
    })
  })

  it('says why a file was not put or fetched', async () => {
    await inFolder(async (here) => {
      writeFileSync(join(here, 'sent'), 'x')
      const put = await putFile(host(), { here: join(here, 'sent'), there: '/nonexistent/file' })
      expect(put).toMatch(/^\/nonexistent\/file was not put on .*: .*cannot be written to$/s)
      const got = await getFile(host(), { here: join(here, 'got'), there: '/nonexistent' }, 1)
      expect(got).toMatch(/^\/nonexistent was not fetched from \S+: \/nonexistent is no file$/)
    })
  })
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-contract-'))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

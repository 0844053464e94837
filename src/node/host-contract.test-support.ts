import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Host, outputLimit } from './host.ts'

/** What every way to reach a host has to do, however it gets there. */
export function hostContract(name: string, host: () => Host): void {
  describe(`a host by ${name}`, () => {
    it('runs a script with its word, and gives both outputs and the exit code', async () => {
      expect(await host().run('echo "out $1"; echo err >&2; exit 3', 'look')).toEqual({
        exitCode: 3,
        stdout: 'out look\n',
        stderr: 'err\n',
      })
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
      const folder = mkdtempSync(join(tmpdir(), 'falkirk-contract-'))
      try {
        const file = join(folder, 'binary')
        writeFileSync(file, Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256)))
        const { stdout } = await host().run('sha256sum; true', 'x', { file })
        const here = await host().run(`sha256sum < '${file}'`, 'x')
        expect(stdout).toBe(here.stdout)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })

    it('without an input the script reads nothing', async () => {
      expect(await host().run('cat; echo end', 'x')).toMatchObject({ exitCode: 0, stdout: 'end\n' })
    })

    it('keeps a bounded part of what a host says, and reads all of it', async () => {
      const { exitCode, stdout } = await host().run('head -c 3000000 /dev/zero | tr "\\0" x; exit 7', 'x')
      expect([exitCode, stdout.length]).toEqual([7, outputLimit])
    })

    it('a script that does not read its input ends as it ends', async () => {
      expect(await host().run('exit 4', 'x', { text: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 4 })
    })

    it('a script that is killed ends with the number of the signal', async () => {
      expect(await host().run('kill -KILL $$', 'x')).toMatchObject({ exitCode: 137 })
    })

    it('nothing of the environment goes there', async () => {
      process.env.FALKIRK_CONTRACT = 'secret'
      expect((await host().run('env', 'x')).stdout).not.toContain('FALKIRK_CONTRACT')
      delete process.env.FALKIRK_CONTRACT
    })
  })
}

import { spawnSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bootstrap, bootstrapInput, type Privilege, type ScriptEnd } from './ssh-bootstrap.ts'

const root: Privilege = { kind: 'Root' }
const mark = 'the-mark'

/** A login shell that takes the command, with somebody who is root. */
function login(shell: string, input: string, ends: ScriptEnd = 'WithItsLine') {
  const program = bootstrap(root, ends).replace('[ "$(id -u)" = 0 ] || exit; ', '')
  return spawnSync(shell, ['-c', program], { input, encoding: 'utf8' })
}

async function inputOf(script: string, rest?: string): Promise<string> {
  const input = rest === undefined ? undefined : Readable.from([Buffer.from(rest)])
  return await text(bootstrapInput({ mark, privilege: root, word: 'word', script }, input))
}

const isHere = (shell: string) => spawnSync('which', [shell]).status === 0

describe('the bootstrap', () => {
  it('holds nothing of the script or of a password', () => {
    for (const ends of ['WithItsLine', 'WithAll'] as const) {
      const withPassword = bootstrap({ kind: 'Sudo', password: 'hunter2' }, ends)
      expect(withPassword).not.toContain('hunter2')
      expect(withPassword).toBe(bootstrap({ kind: 'Sudo', password: 'another' }, ends))
      // csh knows no line ends within quotes, and fish reads backslashes there
      expect(withPassword.replaceAll(`'\\''`, '')).not.toMatch(/[\n!\\]/)
    }
  })

  it.each([
    { ends: 'WithItsLine', rest: '' },
    { ends: 'WithAll', rest: undefined },
  ] as const)('runs no script of which a part is missing, wherever it was cut: $ends', async ({ ends, rest }) => {
    const whole = await inputOf('echo one\necho two', rest)
    // where it ends with all, no line end is awaited
    const least = whole.length - (ends === 'WithAll' ? 1 : 0)
    for (let length = 0; length < least; length += 1) {
      const { stdout, stderr, status } = login('/bin/sh', whole.slice(0, length), ends)
      expect([stdout.replace(`${mark}\n`, ''), stderr]).not.toContainEqual(expect.stringMatching(/one|two/))
      expect([status, stderr.endsWith(' 0\n')]).toEqual([0, false])
    }
    expect(login('/bin/sh', whole, ends)).toMatchObject({ stdout: `${mark}\none\ntwo\n`, stderr: `${mark}\n${mark} 0\n` })
  })

  it.each(['sh', 'bash', 'dash', 'busybox', 'zsh', 'fish', 'tcsh'].filter(isHere))('is understood by %s', async (shell) => {
    const script = 'echo "$1"; printf "%s\\n" \'a\\b\' "it\'s" "$#"; cat; exit 5'
    const input = await inputOf(script, 'rest\nof it')
    const { stdout, stderr } = shell === 'busybox' ? busybox(input) : login(shell, input)
    expect([stdout, stderr]).toEqual([`${mark}\nword\na\\b\nit's\n1\nrest\nof it`, `${mark}\n${mark} 5\n`])
    const alone = await inputOf(script)
    const withAll = shell === 'busybox' ? busybox(alone, 'WithAll') : login(shell, alone, 'WithAll')
    expect([withAll.stdout, withAll.stderr]).toEqual([`${mark}\nword\na\\b\nit's\n1\n`, `${mark}\n${mark} 5\n`])
  })

  it('refuses what no shell can hold', () => {
    expect(() => bootstrapInput({ mark, privilege: root, word: 'x', script: 'a\0b' }, Readable.from([]))).toThrow(RangeError)
  })
})

function busybox(input: string, ends: ScriptEnd = 'WithItsLine') {
  const program = bootstrap(root, ends).replace('[ "$(id -u)" = 0 ] || exit; ', '').replaceAll('/bin/sh', 'busybox sh')
  return spawnSync('busybox', ['sh', '-c', program], { input, encoding: 'utf8' })
}

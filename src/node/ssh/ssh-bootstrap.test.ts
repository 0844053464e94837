import { spawnSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bootstrap, bootstrapInput, type Privilege } from './ssh-bootstrap.ts'

const root: Privilege = { kind: 'Root' }
const mark = 'the-mark'

/** A login shell that takes the command, with somebody who is root. */
function login(shell: string, input: string) {
  const program = bootstrap(root).replace('[ "$(id -u)" = 0 ] || exit; ', '')
  return spawnSync(shell, ['-c', program], { input, encoding: 'utf8' })
}

async function inputOf(script: string, rest = ''): Promise<string> {
  return await text(bootstrapInput({ mark, privilege: root, word: 'word', script }, Readable.from([Buffer.from(rest)])))
}

const isHere = (shell: string) => spawnSync('which', [shell]).status === 0

describe('the bootstrap', () => {
  it('holds nothing of the script or of a password', () => {
    const withPassword = bootstrap({ kind: 'Sudo', password: 'hunter2' })
    expect(withPassword).not.toContain('hunter2')
    expect(withPassword).toBe(bootstrap({ kind: 'Sudo', password: 'another' }))
    // csh knows no line ends within quotes, and fish reads backslashes there
    expect(withPassword.replaceAll(`'\\''`, '')).not.toMatch(/[\n!\\]/)
  })

  it('runs no script of which a part is missing, wherever it was cut', async () => {
    const whole = await inputOf('echo one\necho two')
    for (let length = 0; length < whole.length; length += 1) {
      const { stdout, stderr } = login('/bin/sh', whole.slice(0, length))
      expect([stdout.replace(`${mark}\n`, ''), stderr]).not.toContainEqual(expect.stringMatching(/one|two/))
    }
    expect(login('/bin/sh', whole)).toMatchObject({ stdout: `${mark}\none\ntwo\n`, stderr: `${mark}\n${mark} 0\n` })
  })

  it.each(['sh', 'bash', 'dash', 'busybox', 'zsh', 'fish', 'tcsh'].filter(isHere))('is understood by %s', async (shell) => {
    const script = 'echo "$1"; printf "%s\\n" \'a\\b\' "it\'s" "$#"; cat; exit 5'
    const input = await inputOf(script, 'rest\nof it')
    const { stdout, stderr } = shell === 'busybox' ? busybox(input) : login(shell, input)
    expect([stdout, stderr]).toEqual([`${mark}\nword\na\\b\nit's\n1\nrest\nof it`, `${mark}\n${mark} 5\n`])
  })

  it('refuses what no shell can hold', () => {
    expect(() => bootstrapInput({ mark, privilege: root, word: 'x', script: 'a\0b' }, Readable.from([]))).toThrow(RangeError)
  })
})

function busybox(input: string) {
  const program = bootstrap(root).replace('[ "$(id -u)" = 0 ] || exit; ', '').replaceAll('/bin/sh', 'busybox sh')
  return spawnSync('busybox', ['sh', '-c', program], { input, encoding: 'utf8' })
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readableText, runProcess } from './run-process.ts'

describe('what a host prints, as it may be shown', () => {
  it.each([
    { title: 'colours and the title of the terminal', bytes: '\u001b[31mred\u001b[0m \u001b]0;title\u0007x', shown: 'red x' },
    { title: 'line ends of a terminal', bytes: 'a\r\nb\rc', shown: 'a\nb\nc' },
    { title: 'a sequence that has no end', bytes: 'a\u001b[', shown: 'a[' },
    { title: 'writing that turns around', bytes: 'a\u202eb\u2066c', shown: 'abc' },
    { title: 'bells and backspaces', bytes: 'a\u0007\u0008\u007fb\u009b', shown: 'ab' },
    { title: 'letters of all languages', bytes: 'Zürich 東京 \t tab', shown: 'Zürich 東京 \t tab' },
  ])('$title', ({ bytes, shown }) => {
    expect(readableText(Buffer.from(bytes))).toBe(shown)
  })

  it('is made readable at once, however hostile it is', () => {
    const size = 65_536
    for (const piece of ['\u001b[', '\u001b]', '\u001b]8;;', '\u009b0;', '\u001b[[[[', ';a', '\u001b];a;a;a', '\r']) {
      const text = piece.repeat(size / piece.length)
      // what takes more than linear time here does not end before the time limit of the test
      expect(readableText(Buffer.from(`\u001b]${text}`)).length).toBeLessThan(2 * size)
    }
  })
})

describe('a program that may leave something behind', () => {
  const shell = (script: string) =>
    runProcess({
      program: '/bin/sh',
      args: ['-c', script],
      env: { PATH: process.env.PATH },
      keep: 1_024,
      detached: true,
      leavesBehind: true,
    })

  it('that fails is heard to its end, although that comes after it', async () => {
    const { exitCode, stderr } = await shell('(sleep 0.2; echo why >&2) & exit 3')
    expect([exitCode, stderr.head.toString()]).toEqual([3, 'why\n'])
  })

  it.each([0, 3])('is over with its exit code %i while something else holds its outputs', async (code) => {
    const folder = mkdtempSync(join(tmpdir(), 'falkirk-process-'))
    const { exitCode } = await shell(`sleep 60 & echo $! > ${folder}/pid; exit ${code}`)
    expect(exitCode).toBe(code)
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL')
    rmSync(folder, { recursive: true })
  })
})

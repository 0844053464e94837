import { describe, expect, it } from 'vitest'
import { readScript, scriptOf } from './shell-script.ts'

const endless = Number.POSITIVE_INFINITY

describe('a script', () => {
  it.each([
    { script: 'sleep 30', seconds: 30, exitCode: 0 },
    { script: 'sh -c sleep 2; sleep 0.5; exit 7', seconds: 2.5, exitCode: 7 },
    { script: 'sh -c exit 1; sleep 60', seconds: 0, exitCode: 1 },
    { script: 'sleep infinity', seconds: endless, exitCode: 0 },
    { script: 'tail -f /dev/null', seconds: endless, exitCode: 0 },
    { script: 'while true; do date; sleep 5; done', seconds: endless, exitCode: 0 },
    { script: '/bin/false', seconds: 0, exitCode: undefined },
    { script: 'false', seconds: 0, exitCode: 1 },
    { script: 'test -f /x || exit 3; sleep 4', seconds: 4, exitCode: 0 },
    { script: 'if test -f /x; then exit 3; fi; sleep 4', seconds: 4, exitCode: 0 },
  ])('$script takes $seconds s and ends with $exitCode', ({ script, seconds, exitCode }) => {
    const read = readScript(script)
    if (exitCode === undefined) expect(read).toBeUndefined()
    else expect(read).toMatchObject({ seconds, exitCode })
  })

  it('prints what it echoes before it ends', () => {
    expect(readScript('echo "one"; echo two && exit 1; echo three')).toMatchObject({ log: 'one\ntwo\n', exitCode: 1 })
  })

  it('is unknown for a program', () => {
    expect(readScript('nginx -g daemon off;')).toBeUndefined()
    expect(scriptOf({ name: 'a' })).toBeUndefined()
  })
})

import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { watchStreams } from './standard-streams.ts'

function program(isTTY = false) {
  const told: string[] = []
  const stdout = Object.assign(new EventEmitter(), { isTTY })
  const stderr = Object.assign(new EventEmitter(), { isTTY, write: (text: string) => told.push(text) > 0 })
  const process = Object.assign(new EventEmitter(), { stdout, stderr, exitCode: undefined as number | string | null | undefined })
  watchStreams(process)
  return { ...process, told, process }
}

const fault = (code: string, message = 'write') => Object.assign(new Error(`${code}: ${message}, write`), { code })

describe('watchStreams', () => {
  it('takes a reader that has gone for no fault: | head -1', () => {
    const { stdout, told, process } = program()
    stdout.emit('error', fault('EPIPE'))
    process.exitCode = 3
    process.emit('exit')
    expect({ told, exitCode: process.exitCode }).toEqual({ told: [], exitCode: 3 })
  })

  it('takes a terminal that was closed for no fault', () => {
    const { stdout, stderr, told, process } = program(true)
    stdout.emit('error', fault('EIO'))
    stderr.emit('error', fault('EIO'))
    process.exitCode = 0
    process.emit('exit')
    expect({ told, exitCode: process.exitCode }).toEqual({ told: [], exitCode: 0 })
  })

  it('tells of a full disk once, and does not end as if all was written', () => {
    const { stdout, told, process } = program()
    stdout.emit('error', fault('ENOSPC', 'no space left on device'))
    stdout.emit('error', fault('ENOSPC', 'no space left on device'))
    process.exitCode = 0
    process.emit('exit')
    expect(told).toEqual(['falkirk failed: standard output cannot be written (ENOSPC: no space left on device, write)\n'])
    expect(process.exitCode).toBe(1)
  })

  it('leaves the exit code of what has failed anyway', () => {
    const { stdout, process } = program()
    stdout.emit('error', fault('ENOSPC'))
    process.exitCode = 4
    process.emit('exit')
    expect(process.exitCode).toBe(4)
  })
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { socketFolder } from './socket-folder.ts'

const parent = mkdtempSync(join(tmpdir(), 'falkirk-folders-'))
afterEach(() => rmSync(parent, { recursive: true, force: true }))

describe('a folder for sockets', () => {
  it('is made beside those that are in use, and takes away what a killed program has left', () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version'])
    const left = `falkirk-ssh-${ended}-abc123`
    const notEmpty = `falkirk-ssh-${ended}-def456`
    const inUse = `falkirk-ssh-${process.ppid}-abc123`
    const others = ['falkirk-ssh-host-abc123', 'somebody-elses']
    for (const name of [left, notEmpty, inUse, ...others]) mkdirSync(join(parent, name))
    writeFileSync(join(parent, notEmpty, '0'), '')
    const own = basename(socketFolder(parent))
    expect(readdirSync(parent).toSorted()).toEqual([notEmpty, inUse, ...others, own].toSorted())
  })
})

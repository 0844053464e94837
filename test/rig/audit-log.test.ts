import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countRequests, readAuditLog } from './audit-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-audit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function line(auditID: string, stage: string, over: object = {}): string {
  const entry = {
    auditID,
    stage,
    verb: 'patch',
    requestURI: '/api/v1/nodes/a/status?x=1',
    user: { username: 'sut' },
    objectRef: { resource: 'nodes', subresource: 'status', name: 'a' },
    requestReceivedTimestamp: '2026-01-02T03:04:05.000000Z',
    ...over,
  }
  return JSON.stringify(entry)
}

function read(...lines: string[]) {
  const file = join(folder, 'audit.log')
  writeFileSync(file, lines.join('\n'))
  return readAuditLog(file)
}

describe('audit log', () => {
  it('counts a request once, with the answer when there is one', () => {
    const requests = read(line('1', 'RequestReceived'), line('1', 'ResponseComplete', { responseStatus: { code: 200 } }))
    expect(requests).toMatchObject([{ user: 'sut', verb: 'patch', resource: 'nodes/status', name: 'a', code: 200 }])
    expect(countRequests(requests)).toEqual({ 'patch nodes/status': 1 })
  })

  it('counts a watch that still goes on', () => {
    const watch = { verb: 'watch', objectRef: { resource: 'jobs' } }
    expect(countRequests(read(line('1', 'RequestReceived', watch)))).toEqual({ 'watch jobs': 1 })
  })

  it('names what is no resource by its path', () => {
    expect(read(line('1', 'ResponseComplete', { verb: 'get', objectRef: undefined, requestURI: '/version?timeout=1s' }))[0]?.resource).toBe(
      '/version',
    )
  })

  it('passes over half a line of a killed server, and an absent log', () => {
    expect(read(line('1', 'RequestReceived'), '{"auditID":"2","verb"')).toHaveLength(1)
    expect(readAuditLog(join(folder, 'absent'))).toEqual([])
  })
})

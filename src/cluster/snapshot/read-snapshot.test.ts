import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSnapshot } from './read-snapshot.ts'
import { snapshotFormat } from './snapshot-lines.ts'
import { SnapshotWriter } from './snapshot-writer.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = '2026-11-21T10:00:00.000Z'
const header = { snapshot: snapshotFormat, takenAt: at, server: 'v1.30.4', by: 'falkirk dev' }
const list = { apiVersion: 'v1', kind: 'Pod', resource: 'pods', resourceVersion: '7', at, count: 2 }
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, labels: { app: 'x' } },
  spec: { containers: [{ name: 'c' }] },
})

async function written(change: (lines: string[]) => readonly string[] = (lines) => lines) {
  const file = join(folder, 'cluster.snapshot')
  const writer = new SnapshotWriter(file)
  await writer.write(header)
  await writer.write({ list })
  await writer.write({ object: pod('a') })
  await writer.write({ object: pod('b') })
  await writer.write({ refused: { apiVersion: 'apps/v1', resource: 'deployments.apps', status: 403, reason: 'Forbidden', message: 'no' } })
  const hash = await writer.finish()
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n')
  await writeFile(file, gzipSync(`${change(lines).join('\n')}\n`), { mode: 0o600 })
  return { file, hash }
}

describe('a snapshot', () => {
  it('comes back as it was written, with equal parts in one place', async () => {
    const { file, hash } = await written()
    const snapshot = await readSnapshot(file)
    expect(snapshot).toMatchObject({
      header,
      hash,
      lists: [list],
      objects: [pod('a'), pod('b')],
      refusals: [{ resource: 'deployments.apps', status: 403 }],
    })
    const [a, b] = snapshot.objects as unknown as { spec: { containers: unknown } }[]
    expect(a?.spec.containers).toBe(b?.spec.containers)
  })

  it('can be read by its owner alone, and leaves nothing beside it', async () => {
    const { file } = await written()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['cluster.snapshot'])
  })

  it.each([
    { what: 'the end is missing', change: (l: string[]) => l.slice(0, -1), says: 'was cut off: its last line is missing (line 6)' },
    { what: 'a line is missing', change: (l: string[]) => l.toSpliced(2, 1), says: 'should be line 6: lines are missing or were added' },
    {
      what: 'a line is another',
      change: (l: string[]) => l.with(2, l[2]?.replace('"a"', '"z"') ?? ''),
      says: 'was changed: its content does not fit to its hash',
    },
    { what: 'a line is no JSON', change: (l: string[]) => l.with(2, '{'), says: 'is no JSON (line 3)' },
    { what: 'a line is of no kind', change: (l: string[]) => l.with(2, '{"objekt":{}}'), says: 'cannot be understood' },
    {
      what: 'the first line is another',
      change: (l: string[]) => l.with(0, '{}'),
      says: 'is no snapshot of Falkirk: its first line does not say so',
    },
    {
      what: 'the format is newer',
      change: (l: string[]) => l.with(0, l[0]?.replace('/v1', '/v9') ?? ''),
      says: 'is of the format falkirk.dev/snapshot/v9: this Falkirk reads falkirk.dev/snapshot/v1',
    },
    { what: 'something follows', change: (l: string[]) => [...l, '{}'], says: 'goes on after its end' },
  ])('is refused in one sentence when $what', async ({ change, says }) => {
    const { file } = await written(change)
    await expect(readSnapshot(file)).rejects.toMatchObject({ code: 'FK_SNAPSHOT', message: expect.stringContaining(says) })
  })

  it.each([
    { what: 'is cut off in the middle', bytes: gzipSync('x'.repeat(100_000)).subarray(0, 60), says: 'was cut off' },
    { what: 'is not compressed', bytes: Buffer.from('hello'), says: 'is not gzip-compressed, or damaged' },
    { what: 'is empty', bytes: gzipSync(''), says: 'is empty' },
  ])('is refused when the file $what', async ({ bytes, says }) => {
    const file = join(folder, 'bad')
    await writeFile(file, bytes)
    await expect(readSnapshot(file)).rejects.toMatchObject({ code: 'FK_SNAPSHOT', message: expect.stringContaining(says) })
  })

  it('names a file that is not there, or cannot be written', async () => {
    await expect(readSnapshot(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FK_SNAPSHOT',
      message: expect.stringContaining('does not exist'),
    })
    const writer = new SnapshotWriter(join(folder, 'no', 'where'))
    const writing = writer.write(header).then(() => writer.finish())
    await expect(writing).rejects.toMatchObject({ code: 'FK_SNAPSHOT', message: expect.stringContaining('does not exist') })
  })
})

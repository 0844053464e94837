import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ClusterUpgradeStatus } from '../../core/upgrade/api/upgrade-status.ts'
import { drawRun, paintRun, type RunFrame, unbounded } from './run-frame.ts'
import { aRun, inTheMiddle, sampleNowMs, stopped } from './run-states.test-support.ts'

function frame(status: ClusterUpgradeStatus, state: RunFrame['state'] = 'Live'): RunFrame {
  return { run: aRun(status), nowMs: sampleNowMs, state }
}

const manyNodes: ClusterUpgradeStatus = {
  ...inTheMiddle,
  inFlight: Array.from({ length: 40 }, (_, index) => ({
    node: `worker-${index}`,
    step: 'Draining',
    since: '2026-11-21T12:01:00Z',
    attempt: 1,
  })),
}

describe('the live view of a run', () => {
  it.each([
    { what: 'in the middle', status: inTheMiddle, columns: 80 },
    { what: 'in the middle', status: inTheMiddle, columns: 200 },
    { what: 'stopped', status: stopped, columns: 80 },
    { what: 'stopped', status: stopped, columns: 200 },
    { what: 'not looked at', status: {}, columns: 80 },
  ])('$what, on $columns columns', async ({ what, status, columns }) => {
    const drawn = drawRun(frame(status), { columns, rows: 24 })
    await expect(`${drawn}\n`).toMatchFileSnapshot(`testdata/run-${what.replaceAll(' ', '-')}-${columns}.txt`)
  })

  it.each([20, 80, 200])('fits %d columns and 24 rows, with 40 nodes in flight, which are counted where they do not fit', (columns) => {
    const lines = drawRun(frame(manyNodes), { columns, rows: 24 }).split('\n')
    // the sentence that says what to do is whole, however narrow the terminal is
    if (columns > 20) expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    expect(lines.some((line) => line.startsWith('… and '))).toBe(true)
  })

  it('tells in one line of 80 columns where it is; how often pods moved, where that fits and in the end', () => {
    const hop = { version: 'v1.33.11+k3s1', number: 1, of: 2 }
    const moves = { pods: 50, moves: 51, perPod: '1.02' }
    const status: ClusterUpgradeStatus = {
      ...inTheMiddle,
      hop,
      progress: { controlPlane: '3/3', nodes: '13/14' },
      moves,
      startedAt: '2026-11-21T10:57:00Z',
    }
    const linesOf = (state: RunFrame['state'], columns: number) =>
      drawRun(frame(status, state), { columns, rows: 24 }).split('\n').slice(1, 3)
    const where = 'hop 1/2 v1.33.11+k3s1 · control plane 3/3 · nodes 13/14'
    expect(linesOf('Live', 80)).toEqual([`${where} · 1 h 05 min`, ''])
    expect(linesOf('Live', 100)).toEqual([`${where} · 1.02 moves a pod · 1 h 05 min`, ''])
    expect(linesOf('Ended', 80)).toEqual([`${where} · 1.02 moves a pod`, '1 h 05 min'])
  })

  it.each([
    { spec: { windows: [] }, way: 'v1.33.7+k3s3 → v1.34.2+k3s1' },
    { spec: { version: undefined }, way: 'to no version that can be read' },
    { spec: { version: '\u001b[31mred' }, way: 'to no version that can be read' },
    { spec: { version: 'v1.34' }, way: 'v1.33.7+k3s3 → v1.34' },
  ])('says where a run goes whose spec is $spec', ({ spec, way }) => {
    const run = aRun({ from: 'v1.33.7+k3s3', phase: 'Refused', message: 'spec.windows is no field' }, spec)
    expect(drawRun({ run, nowMs: sampleNowMs, state: 'Once' }, unbounded).split('\n')[0]).toBe(`ClusterUpgrade to-1-34   ${way}   Refused`)
  })

  it('says what is wrong with a spec before a controller does', () => {
    const drawn = drawRun({ run: aRun({}, { windows: [] }), nowMs: sampleNowMs, state: 'Once' }, unbounded)
    expect(drawn).toContain('spec.windows is no field that this Falkirk knows')
    expect(drawn).not.toContain('no controller has looked at it yet')
  })

  it('is whole where output is no terminal', () => {
    const lines = drawRun(frame(manyNodes, 'Once'), unbounded).split('\n')
    expect(lines.filter((line) => line.startsWith('worker-') && line.includes('Draining'))).toHaveLength(40)
    expect(lines.join('\n')).not.toContain('Ctrl-C')
  })

  it('says so when the API server does not answer', () => {
    expect(drawRun(frame(inTheMiddle, 'Away'), unbounded)).toMatch(/the API server does not answer; the run goes on$/)
  })

  it('never shows a time before it began: clocks differ', () => {
    const early = drawRun({ ...frame(inTheMiddle), nowMs: Date.UTC(2026, 10, 21, 11) }, unbounded)
    expect(early).not.toMatch(/ -\d/)
  })

  it('painted is the same text in colours', () => {
    const drawn = drawRun(frame(stopped), { columns: 80, rows: 24 })
    expect(paintRun(drawn)).not.toBe(drawn)
    expect(stripVTControlCharacters(paintRun(drawn))).toBe(drawn)
  })
})

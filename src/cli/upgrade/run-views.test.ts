import { describe, expect, it } from 'vitest'
import { aRun, inTheMiddle, sampleNowMs, stopped } from './run-states.test-support.ts'
import { runView, type ViewPorts } from './run-views.ts'

function ports(more: Partial<ViewPorts> = {}): ViewPorts & { readonly written: string[]; tick(): void; resize(): void } {
  const written: string[] = []
  let timer: (() => void) | undefined
  let resized: (() => void) | undefined
  return {
    written,
    tick: () => timer?.(),
    write: (text) => void written.push(text),
    size: () => undefined,
    colours: false,
    now: () => sampleNowMs,
    every: (_, callback) => {
      timer = callback
      return () => {
        timer = undefined
      }
    },
    resize: () => resized?.(),
    onResize: (callback) => {
      resized = callback
      return () => {
        resized = undefined
      }
    },
    ...more,
  }
}

const atRest = { reason: 'AtRest', exitCode: 0 } as const

describe('a run that is followed', () => {
  it('is told in lines with the time that has passed, where output is no terminal', () => {
    let nowMs = sampleNowMs
    const at = ports({ now: () => nowMs })
    const view = runView('Text', 'to-1-34', at)
    view.seen(aRun())
    nowMs += 65_000
    view.answers(false)
    view.end(atRest)
    expect(at.written).toEqual([
      '         0 s  no controller has looked at it yet\n',
      '  1 min 05 s  the API server does not answer; the run goes on\n',
    ])
  })

  it('is one JSON object a change for programs, and nothing else', () => {
    const at = ports({ size: () => ({ columns: 80, rows: 24 }), colours: true })
    const view = runView('Json', 'to-1-34', at)
    view.seen(aRun(inTheMiddle))
    view.answers(false)
    view.answers(true)
    view.seen(aRun(stopped))
    view.end(atRest)
    const told = at.written.map((line) => JSON.parse(line))
    const [time, name] = ['2026-11-21T12:02:05.000Z', 'to-1-34']
    const run = { time, event: 'Status', name, uid: 'uid-to-1-34', generation: 2, version: 'v1.34.2+k3s1' }
    expect(told).toEqual([
      { ...run, status: inTheMiddle },
      { time, event: 'Unreachable', name },
      { time, event: 'Reachable', name },
      { ...run, status: stopped },
      { time, event: 'Ended', name, reason: 'AtRest', exitCode: 0 },
    ])
    expect(at.written.every((line) => line.endsWith('}\n') && !line.slice(0, -1).includes('\n'))).toBe(true)
  })

  it('is drawn anew on a terminal, over what was drawn before, and stays at the end', () => {
    let nowMs = sampleNowMs
    const at = ports({ size: () => ({ columns: 80, rows: 24 }), now: () => nowMs })
    const view = runView('Text', 'to-1-34', at)
    view.seen(aRun(inTheMiddle))
    const rows = (at.written[0] ?? '').split('\n').length - 1
    at.tick()
    // nothing has changed
    expect(at.written).toHaveLength(1)
    nowMs += 1_000
    at.tick()
    const next = at.written[0]?.replace('2 min 05 s', '2 min 06 s').replace('1 min 05 s', '1 min 06 s').replace('5 s  ', '6 s  ')
    expect(at.written[1]).toBe(`\u001b[${rows}A\r${next?.replaceAll(/^(?=.|\n)/gm, '\u001b[2K')}\u001b[J`)
    view.end(atRest)
    expect(at.written.at(-1)).not.toContain('Ctrl-C')
    const count = at.written.length
    at.tick()
    expect(at.written).toHaveLength(count)
  })

  it('is drawn anew at once when the terminal has become narrower, over the rows that its lines take now', () => {
    let columns = 80
    const at = ports({ size: () => ({ columns, rows: 60 }) })
    runView('Text', 'to-1-34', at).seen(aRun(inTheMiddle))
    columns = 50
    at.resize()
    const rows = (at.written[0] ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => Math.max(1, Math.ceil(line.length / 50)))
    expect(rows.some((each) => each > 1)).toBe(true)
    expect(at.written[1]).toMatch(new RegExp(`^\u001b\\[${rows.reduce((a, b) => a + b)}A\r`))
    expect(
      Math.max(
        ...(at.written[1] ?? '')
          .split('\n')
          .slice(1)
          .map((line) => line.replace('\u001b[2K', '').length),
      ),
    ).toBeLessThanOrEqual(50)
  })

  it('shows the end of what does not fit the rows, and all of it when it is over', () => {
    const at = ports({ size: () => ({ columns: 80, rows: 6 }) })
    const view = runView('Text', 'to-1-34', at)
    view.seen(aRun(stopped))
    expect(at.written[0]?.trimEnd().split('\n')).toHaveLength(5)
    expect(at.written[0]).toContain('falkirk continue')
    view.end(atRest)
    expect(at.written[1]).toContain('ClusterUpgrade to-1-34')
  })

  it('has no colour unless asked for', () => {
    const plain = ports({ size: () => ({ columns: 80, rows: 24 }) })
    const coloured = ports({ size: () => ({ columns: 80, rows: 24 }), colours: true })
    for (const at of [plain, coloured]) runView('Text', 'to-1-34', at).seen(aRun(stopped))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    const colour = /\u001b\[\d+m/
    expect(plain.written.join('')).not.toMatch(colour)
    expect(coloured.written.join('')).toMatch(colour)
  })
})

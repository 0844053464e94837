import { describe, expect, it } from 'vitest'
import { parseScenario } from './read-scenario.ts'
import { scenarioFormat } from './scenario-schema.ts'

const whole = `scenario: falkirk.dev/scenario/v1
title: t
story: s
cluster:
  generate: { nodes: 3 }
run:
  nodes: [worker-1]
  limit: 30m
steps:
  - at: 5s
    step: { kind: NodeDies, node: worker-1 }
expect:
  verdict: Stuck
  causes:
    - reason: NodeNotReady
`

describe('a scenario file', () => {
  it('is read with durations as milliseconds', () => {
    const { run, steps } = parseScenario(whole, 's.yaml')
    expect(run.limit).toBe(1_800_000)
    expect(steps?.[0]?.at).toBe(5000)
  })

  it.each([
    { from: 'limit: 30m', to: 'limmit: 30m', says: 's.yaml, line 8, has a field run.limmit that scenarios do not know; is it limit?' },
    {
      from: 'limit: 30m',
      to: 'limit: soon',
      says: 's.yaml, line 8, has run.limit "soon", which is no duration: write one such as 30s, 5m or 1h30m',
    },
    {
      from: 'kind: NodeDies',
      to: 'kind: NodeDeis',
      says: 's.yaml, line 11, has steps[0].step.kind "NodeDeis" that scenarios do not know; is it NodeDies?',
    },
    {
      from: 'verdict: Stuck',
      to: 'verdict: Stuk',
      says: 's.yaml, line 13, has expect.verdict "Stuk": write one of Finishes, Stuck; is it Stuck?',
    },
    { from: 'reason: NodeNotReady', to: 'reason: NodeUnready', says: 'line 15, has expect.causes[0].reason "NodeUnready": write one of' },
    {
      from: 'scenario/v1',
      to: 'scenario/v2',
      says: 'line 1, is of the format "falkirk.dev/scenario/v2": this Falkirk knows falkirk.dev/scenario/v1',
    },
    { from: '  nodes: [worker-1]\n', to: '', says: 'does not say which nodes are upgraded: write run.nodes or run.nodeSelector' },
    { from: 'title: t\n', to: '', says: 'line 1, lacks title' },
    { from: 'title: t', to: 'title: [', says: 's.yaml, line' },
    { from: '  - at: 5s', to: '  - at: 5s\n    on: { node: a, moment: Done }', says: 'has both at and on in steps[0]' },
  ])('is refused in one sentence: $to', ({ from, to, says }) => {
    expect(() => parseScenario(whole.replace(from, to), 's.yaml')).toThrow(
      expect.objectContaining({ code: 'FK_SCENARIO', message: expect.stringContaining(says) }),
    )
  })

  it.each([
    { text: 'a: 1\n---\nb: 2', says: 's.yaml, line 2, begins another document: a scenario is one' },
    { text: '', says: `s.yaml, line 1, is no scenario: begin it with scenario: ${scenarioFormat}` },
    { text: '\u001b[2J', says: `s.yaml, line 1, is no scenario: begin it with scenario: ${scenarioFormat}` },
  ])('refuses what is none: $text', ({ text, says }) => {
    expect(() => parseScenario(text, 's.yaml')).toThrow(expect.objectContaining({ code: 'FK_SCENARIO', message: says }))
  })

  it('refuses a text that grows without end', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    ).join('\n')
    expect(() => parseScenario(bomb, 's.yaml')).toThrow('aliases')
  })
})

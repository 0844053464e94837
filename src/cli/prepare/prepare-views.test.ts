import { expect, it } from 'vitest'
import { exitCodes } from '../upgrade/exit-code.ts'
import type { ViewPorts } from '../upgrade/run-views.ts'
import { prepareView } from './prepare-views.ts'

const hosts = [
  { node: 'cp1', versions: ['v1.21.14'] },
  { node: 'worker-1', versions: ['v1.21.14'] },
]

function shown(json: boolean): string {
  let text = ''
  let nowMs = 0
  const ports: ViewPorts = {
    write: (more) => {
      text += more
    },
    size: () => undefined,
    colours: false,
    now: () => nowMs,
    every: () => () => undefined,
    onResize: () => () => undefined,
  }
  const view = prepareView({ version: 'v1.21.14', hosts, json }, ports)
  view.hop('cp1', 'v1.21.14')
  nowMs = 65_000
  view.says('cp1', 'pull-images: brings the images of v1.21.14')
  view.ended('worker-1', { kind: 'Failed', message: 'no room: make some; nothing was touched', lines: ['df'] })
  view.ended('cp1', { kind: 'Done', preparation: { node: 'cp1', role: 'ControlPlane', hops: [] } })
  view.end(exitCodes.Failed)
  return text
}

it('tells each step in a line where there is no terminal', () => {
  expect(shown(false).split('\n')).toEqual([
    '  1 min 05 s  cp1       v1.21.14: pull-images: brings the images of v1.21.14',
    '  1 min 05 s  worker-1    df',
    '  1 min 05 s  worker-1  failed: no room: make some; nothing was touched',
    expect.stringMatching(/^ {2}1 min 05 s {2}cp1 {7}done: /),
    '',
  ])
})

it('tells programs the same as events', () => {
  const time = '1970-01-01T00:01:05.000Z'
  const events = shown(true)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events).toEqual([
    { time: '1970-01-01T00:00:00.000Z', event: 'Hop', node: 'cp1', version: 'v1.21.14' },
    { time, event: 'Step', node: 'cp1', version: 'v1.21.14', message: 'pull-images: brings the images of v1.21.14' },
    { time, event: 'Host', node: 'worker-1', state: 'Failed', message: 'no room: make some; nothing was touched', lines: ['df'] },
    { time, event: 'Host', node: 'cp1', state: 'Done', hops: [] },
    { time, event: 'Ended', exitCode: 1 },
  ])
})

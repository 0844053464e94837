import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandStage, further, to } from './upgrade-command-stage.ts'

let stage: CommandStage
beforeAll(async () => {
  stage = await CommandStage.start()
}, 300_000)
afterAll(() => stage?.close())

/** Begins each escape code. */
const esc = '\u001b'
/** A short soak: the clock of the cluster is faster than that of the controller. */
const manifest = (name: string, version: string) =>
  `{apiVersion: falkirk.dev/v1alpha1, kind: ClusterUpgrade, metadata: {name: ${name}}, spec: {version: ${version}, soak: {for: 1s}, drain: {force: true}}}`

/** The longest line that was written, by what is seen of it. */
function widest(raw: string): number {
  return Math.max(
    ...stripVTControlCharacters(raw)
      .split(/\r?\n/)
      .map((line) => line.replaceAll('\r', '').length),
  )
}

const times = (text: string, what: string) => text.split(what).length - 1

describe('in a terminal', () => {
  it('a run is drawn in place, whole, at 80 and at 200 columns, and when the window changes; piped it has no escape codes', async () => {
    const controller = stage.start(['run'])
    await controller.until(/looks after ClusterUpgrades/)
    const file = stage.file('up.yaml', manifest('up', to))
    const narrow = stage.terminal(`falkirk upgrade -f ${file} --nodes edge-1`, { columns: 80 })
    await narrow.until(/ClusterUpgrade up created[\s\S]*server-1\s+▸/)
    const wide = stage.terminal('falkirk status -w', { columns: 200 })
    const piped = stage.start(['status', '-w'])
    const dumb = stage.terminal('falkirk status -w', { columns: 80, env: { TERM: 'dumb' } })
    const drawnOver = stage.terminal('falkirk status -w --no-color', { columns: 100, rows: 30 })
    await drawnOver.until(/▸/)
    await drawnOver.resize(50, 20)
    await drawnOver.until(/hop 1\/1[^\n]*\n[\s\S]*POOL/)
    await drawnOver.resize(120, 40)

    expect(await Promise.all([narrow, wide, dumb, drawnOver].map((each) => each.done))).toEqual([0, 0, 0, 0])
    for (const { raw, columns } of [
      { raw: narrow.raw(), columns: 80 },
      { raw: wide.raw(), columns: 200 },
    ]) {
      expect(widest(raw)).toBeLessThanOrEqual(columns)
      expect(raw).toMatch(new RegExp(`${esc}\\[36m▸`))
    }
    for (const { screen } of [narrow, wide, drawnOver]) {
      // one frame, as nothing of the older ones is left
      expect(times(screen(), 'ClusterUpgrade up ')).toBe(screen().includes('created') ? 2 : 1)
      expect(times(screen(), 'POOL')).toBe(1)
      expect(screen()).toContain('Complete')
      expect(screen()).toContain(`the control plane and the nodes of spec.nodes run ${to}`)
      expect(screen()).not.toContain('…')
    }
    expect(drawnOver.raw()).not.toMatch(new RegExp(`${esc}\\[\\d*m`))
    expect(dumb.raw()).not.toContain(esc)
    expect(dumb.screen()).toMatch(/Complete: /)
    const { code, output } = await piped.done
    expect({ code, coloured: output.includes(esc) }).toEqual({ code: 0, coloured: false })
    controller.child.kill('SIGTERM')
    await controller.done
  })

  it.concurrent.each([
    { columns: 80, command: `falkirk plan --to ${further}` },
    { columns: 200, command: `falkirk plan --to ${further}` },
    { columns: 80, command: 'falkirk status up' },
    { columns: 80, command: 'falkirk --help' },
    { columns: 80, command: 'falkirk upgrade --help' },
    { columns: 80, command: 'falkirk path --from v1.27.3+k3s1 --to v1.34.11+k3s1' },
  ])('no line of $command is wider than $columns', async ({ columns, command }) => {
    const pty = stage.terminal(command, { columns })
    expect(await pty.done).toBe(0)
    expect(widest(pty.raw())).toBeLessThanOrEqual(columns)
    expect(pty.screen()).not.toContain('…')
  })

  it.concurrent.each([
    { what: 'a terminal', env: {}, flag: '', coloured: true },
    { what: 'NO_COLOR', env: { NO_COLOR: '1' }, flag: '', coloured: false },
    { what: 'an empty NO_COLOR', env: { NO_COLOR: '' }, flag: '', coloured: true },
    { what: 'TERM=dumb', env: { TERM: 'dumb' }, flag: '', coloured: false },
    { what: '--no-color', env: {}, flag: '--no-color', coloured: false },
    { what: '--no-color against FORCE_COLOR', env: { FORCE_COLOR: '1' }, flag: '--no-color', coloured: false },
  ])('colours with $what: $coloured', async ({ env, flag, coloured }) => {
    const pty = stage.terminal(`falkirk status up ${flag}`, { columns: 80, env })
    expect(await pty.done).toBe(0)
    expect(pty.raw().includes(esc)).toBe(coloured)
  })
})

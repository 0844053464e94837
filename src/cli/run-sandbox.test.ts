import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../test/loopback/temp-folder.ts'
import { runSandbox } from './run-sandbox.ts'
import { sandboxSettings } from './sandbox-flags.ts'

describe('falkirk sandbox', () => {
  it('says how to reach it, and takes its kubeconfig away when it is stopped', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    const stop = new AbortController()
    const said: string[] = []
    const say = (text: string) => {
      said.push(text)
      if (existsSync(kubeconfig)) stop.abort()
    }
    await runSandbox(sandboxSettings({ kubeconfig }), { say, signal: stop.signal })
    expect(said.join('\n')).toMatch(/A cluster of 9 nodes and \d+ pods answers at https:\/\/127\.0\.0\.1:\d+/)
    expect(said.join('\n')).toContain(`export KUBECONFIG=${kubeconfig}`)
    expect(existsSync(kubeconfig)).toBe(false)
  })

  it('refuses the file of another one that is running, and takes that of one that was killed', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    const stops = [new AbortController(), new AbortController()] as const
    let greeted = () => {}
    const up = new Promise<void>((resolve) => {
      greeted = resolve
    })
    const first = runSandbox(sandboxSettings({ kubeconfig }), { say: greeted, signal: stops[0].signal })
    await up
    const own = await readFile(kubeconfig, 'utf8')
    const second = () => runSandbox(sandboxSettings({ kubeconfig }), { say: () => stops[1].abort(), signal: stops[1].signal })
    await expect(second()).rejects.toMatchObject({
      code: 'FK_BAD_SETTING',
      message: expect.stringMatching(
        /^--kubeconfig \S+ is of a sandbox that is running \(https:\/\/127\.0\.0\.1:\d+\): name a new file, or end that one$/,
      ),
    })
    expect(await readFile(kubeconfig, 'utf8')).toBe(own)
    stops[0].abort()
    await first
    await writeFile(kubeconfig, own)
    await second()
    expect(existsSync(kubeconfig)).toBe(false)
  })

  it('tells the story of its scenario', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    const stop = new AbortController()
    const said: string[] = []
    const say = (text: string) => {
      said.push(text)
      if (said.some((line) => /Cordoned/.test(line)) && existsSync(kubeconfig)) stop.abort()
    }
    await runSandbox(sandboxSettings({ kubeconfig, scenario: 'bare-pod' }), { say, signal: stop.signal })
    expect(said.some((line) => /^ +0 s {2}\S+: Cordoned/.test(line))).toBe(true)
  })

  it('says where the scenarios are listed when none is like the name', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    const run = runSandbox(sandboxSettings({ kubeconfig, scenario: 'x' }), { say: () => {}, signal: new AbortController().signal })
    await expect(run).rejects.toMatchObject({ code: 'FK_SCENARIO', message: 'there is no scenario x; docs/scenarios.md lists them' })
  })

  it('names the scenario that was meant, and writes nothing', async () => {
    const kubeconfig = join(await tempFolder(), 'config')
    const run = runSandbox(sandboxSettings({ kubeconfig, scenario: 'bare-pot' }), { say: () => {}, signal: new AbortController().signal })
    await expect(run).rejects.toMatchObject({
      code: 'FK_SCENARIO',
      message: 'there is no scenario bare-pot; is it bare-pod? docs/scenarios.md lists them',
    })
    expect(existsSync(kubeconfig)).toBe(false)
  })
})

import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pty } from './upgrade-command-pty.ts'
import { CommandStage } from './upgrade-command-stage.ts'

let stage: CommandStage
beforeAll(async () => {
  stage = await CommandStage.start()
  stage.file('my-upgrade.yaml', 'spec: { pools: [{ name: blue }] }')
}, 300_000)
afterAll(() => stage?.close())

const [tab, clearLine] = ['\t', '\u0015']
/** Machines are shared: whether an answer comes is tested here, how soon it comes below. */
const patient = { FALKIRK_COMPLETION_TIMEOUT: '60s' }

interface Typed {
  readonly what: string
  readonly keys: string
  readonly line: RegExp
  /** The words are found in one place; zsh only has to hand them over and to show what comes back. */
  readonly inZsh?: true
}

/** What a person types, and what the line is then. */
const typed: readonly Typed[] = [
  { what: 'a command', keys: 'falkirk stat', line: /falkirk status $/, inZsh: true },
  { what: 'a value', keys: 'falkirk upgrade --scope Con', line: /--scope ControlPlane $/ },
  { what: 'a value behind =', keys: 'falkirk upgrade --scope=Con', line: /--scope=ControlPlane $/, inZsh: true },
  {
    what: 'the last node of a list',
    keys: 'falkirk upgrade --nodes worker-1,edge-2,edge',
    line: /--nodes worker-1,edge-2,edge-1$/,
    inZsh: true,
  },
  { what: 'a pool', keys: 'falkirk upgrade --pools pool=e', line: /--pools pool=edge$/, inZsh: true },
  { what: 'a pool behind another', keys: 'falkirk upgrade --pools pool=edge,pool=g', line: /--pools pool=edge,pool=general$/ },
  { what: 'a version of its distribution', keys: 'falkirk plan --to v1.34', line: /--to v1\.34\.\d+\+k3s\d $/ },
  { what: 'a file', keys: 'falkirk upgrade -f my-u', line: /-f my-upgrade\.yaml $/, inZsh: true },
  { what: 'a file behind =', keys: 'falkirk upgrade --file=my-u', line: /--file=my-upgrade\.yaml $/, inZsh: true },
]

const isHere = (shell: string) => spawnSync('which', [shell]).status === 0
const titleFor = (shell: string) => `completes in ${shell}${isHere(shell) ? '' : ` (left out: this machine has no ${shell})`}`

async function shell(command: string, first: string): Promise<Pty> {
  const pty = stage.terminal(`sh -c 'cd ${stage.folder}; exec ${command}'`, { columns: 120, env: patient })
  pty.type(`PS1='> '; ${first}; echo re''ady\n`)
  await pty.until(/^ready$[\s\S]*^>$/m)
  return pty
}

/** What the last line of the screen becomes. */
async function completes(pty: Pty, keys: string, line: RegExp): Promise<void> {
  pty.type(keys + tab)
  // the screen drops blanks at ends of lines: a mark shows where the cursor stands
  pty.type('#')
  const pattern = new RegExp(`^> [^\\n]*${line.source.replace(/\$$/, '#')}$`, 'm')
  try {
    await Promise.race([pty.until(pattern), rejectLater(pty, pattern)])
  } finally {
    pty.type(clearLine)
  }
}

function rejectLater(pty: Pty, pattern: RegExp): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`never became ${pattern}:\n${pty.screen()}`)), 60_000).unref())
}

describe.concurrent('the tab key', () => {
  it('completes in bash', async () => {
    const bash = await shell('bash --norc --noprofile -i', 'source <(falkirk completion bash)')
    for (const { keys, line } of typed) await completes(bash, keys, line)
    // twice shows what there is
    bash.type(`falkirk upgrade --nodes worker-${tab}${tab}`)
    await bash.until(/^worker-1 +worker-2 +worker-3 +worker-4/m)
    bash.type(clearLine)
    // what stands on the line is neither run nor expanded
    await completes(bash, `falkirk status $(touch ${join(stage.folder, 'run')}) --out`, /--output $/)
    expect(existsSync(join(stage.folder, 'run'))).toBe(false)
    bash.type('exit\n')
    await bash.done
  })

  it.runIf(isHere('zsh'))(titleFor('zsh'), async () => {
    const zsh = await shell('zsh -f -i', 'autoload -Uz compinit && compinit -u -D; source <(falkirk completion zsh)')
    for (const { keys, line } of typed.filter(({ inZsh }) => inZsh === true)) await completes(zsh, keys, line)
    zsh.type(`falkirk status --${tab}`)
    await zsh.until(/--watch +-- go on until it is done, paused or stopped/)
    zsh.type(`${clearLine}exit\n`)
    await zsh.done
  })

  it.runIf(isHere('fish'))(titleFor('fish'), async () => {
    const fish = async (line: string) => {
      const words = `falkirk completion fish | source; complete -C ${JSON.stringify(line)}`
      const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', words], { env: stage.env(patient), cwd: stage.folder })
      return stdout.split('\n').filter((each) => each !== '')
    }
    expect(await fish('falkirk stat')).toEqual(['status\tshow where a ClusterUpgrade is, what it waits for and what fixes it'])
    expect(await fish('falkirk upgrade --nodes worker-1,ed')).toEqual(['worker-1,edge-1\tv1.33.5+k3s1', 'worker-1,edge-2\tv1.33.5+k3s1'])
    expect(await fish('falkirk upgrade --scope=Con')).toEqual(['--scope=ControlPlane'])
    expect(await fish('falkirk upgrade -f my-u')).toEqual(['my-upgrade.yaml'])
    expect(await fish('falkirk upgrade --file=my-u')).toEqual(['--file=my-upgrade.yaml'])
    expect(await fish('falkirk upgrade --max 3 --name x')).toEqual([])
  })
})

describe.concurrent('a cluster that does not answer', () => {
  let silent: Server
  let connections = 0
  beforeAll(async () => {
    silent = createServer(() => {
      connections += 1
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => silent.close())

  it('makes nobody wait: what is known without it is proposed, and nothing is said', async () => {
    const { port } = silent.address() as { port: number }
    const kubeconfig = stage.kubeconfigFile('silent', { cluster: { server: `https://127.0.0.1:${port}` } })
    const running = stage.start(['__complete', 'zsh', 'status', ''], { env: { KUBECONFIG: kubeconfig } })
    expect(await running.done).toEqual({ code: 0, output: ':4\n', problems: '' })
    expect(connections).toBe(1)
  })

  it.each([
    { why: 'no kubeconfig', env: { KUBECONFIG: '/nowhere' } },
    { why: 'one that is none', env: { KUBECONFIG: '/etc/hostname' } },
  ])('nothing is said with $why', async ({ env }) => {
    const running = stage.start(['__complete', 'zsh', 'status', ''], { env })
    expect(await running.done).toEqual({ code: 0, output: ':4\n', problems: '' })
  })
})

import { describe, expect, it } from 'vitest'
import { nodeFacts } from '../../core/kubernetes/node-facts.ts'
import { shippedReleases } from '../../core/version/shipped-releases.ts'
import { falkirkProgram } from '../program.ts'
import { type Candidate, wordToComplete } from './complete-words.ts'
import { contextCandidates, nodeCandidates, poolCandidates, versionCandidates } from './live-values.ts'
import { propose } from './propose.ts'
import { brokenOff, shellAnswer } from './shell-answer.ts'
import { expandPath, shellWords } from './shell-words.ts'
import { valueSource } from './value-source.ts'

const program = falkirkProgram('falkirk')
const live: Record<string, readonly Candidate[]> = {
  Nodes: ['worker-1', 'worker-2', 'server-1'].map((value) => ({ value })),
  Runs: [{ value: 'to-1-34', description: 'to v1.34.2, Complete' }],
  RunsUnderWay: [],
}

/** What is proposed for a line as it is typed, behind `falkirk`. */
async function proposed(line: string) {
  const { prefix, candidates, files, open } = await propose(wordToComplete(program, shellWords(line)), async (what) => live[what] ?? [])
  return { values: candidates.map(({ value }) => prefix + value), files, open }
}

describe('what a word becomes', () => {
  it.each([
    { line: 'sta', values: ['status'] },
    { line: 'c', values: ['continue', 'cancel', 'controller', 'crd', 'completion'] },
    { line: 'nothing', values: [] },
    { line: 'status ', values: ['to-1-34'] },
    { line: 'status -w ', values: ['to-1-34'] },
    { line: 'status to-1-34 ', values: [] },
    { line: 'status -- ', values: ['to-1-34'] },
    { line: 'status --wa', values: ['--watch'] },
    { line: 'status -w --wa', values: [] },
    { line: 'status -o ', values: ['json', 'yaml'] },
    { line: 'path -o w', values: ['wide'] },
    { line: 'status --output=y', values: ['--output=yaml'] },
    { line: 'status --kubeconfig', values: ['--kubeconfig'] },
    { line: 'status --kubeconfig file ', values: ['to-1-34'] },
    { line: 'upgrade --scope Con', values: ['ControlPlane'] },
    { line: 'completion f', values: ['fish'] },
    { line: 'upgrade --max=', values: ['--max=1', '--max=2', '--max=5', '--max=10'] },
    { line: 'app', values: [] },
    { line: '__', values: [] },
  ])('falkirk $line: $values', async ({ line, values }) => {
    expect(await proposed(line)).toEqual({ values, files: false, open: false })
  })

  it.each(['upgrade -f ', 'upgrade --file=x', 'status --kubeconfig ', 'path --releases '])('falkirk %s: names of files', async (line) => {
    expect(await proposed(line)).toEqual({ values: [], files: true, open: false })
  })

  it('is one more item where a list is typed, and none that is there already', async () => {
    expect(await proposed('upgrade --nodes worker-1,w')).toEqual({ values: ['worker-1,worker-2'], files: false, open: true })
  })

  it('is nothing where the cluster does not answer', async () => {
    const dead = await propose(wordToComplete(program, ['status', '']), () => Promise.reject(new Error('no route')))
    expect(dead).toMatchObject({ candidates: [], files: false })
  })

  it('is known for every value that an option or an argument takes', () => {
    const missing = program.commands
      .flatMap((command) => [
        ...command.options.filter(({ required }) => required).map(({ long }) => [command.name(), long ?? ''] as const),
        ...command.registeredArguments.map((argument) => [command.name(), `<${argument.name()}>`] as const),
      ])
      .filter(([command, value]) => !['__complete', 'approve'].includes(command) && valueSource(command, value) === undefined)
    expect(missing).toEqual([])
  })
})

describe('words of a line as it was typed', () => {
  it.each([
    { line: '', words: [''] },
    { line: 'falkirk ', words: ['falkirk', ''] },
    { line: 'falkirk st', words: ['falkirk', 'st'] },
    { line: `f -f 'a b' "c d"e \\'x`, words: ['f', '-f', 'a b', 'c de', "'x"] },
    { line: 'f "not closed', words: ['f', 'not closed'] },
    { line: "f '' x", words: ['f', '', 'x'] },
    { line: 'f $(touch /tmp/x) `y`', words: ['f', '$(touch', '/tmp/x)', '`y`'] },
    { line: 'f \\', words: ['f', ''] },
  ])('$line', ({ line, words }) => {
    expect(shellWords(line)).toEqual(words)
  })

  it.each([
    { path: '~/.kube/config', expanded: '/home/me/.kube/config' },
    { path: '$HOME/kc', expanded: '/home/me/kc' },
    { path: `\${HOME}/kc`, expanded: '/home/me/kc' },
    { path: '$UNKNOWN/kc', expanded: '$UNKNOWN/kc' },
    { path: 'a~', expanded: 'a~' },
  ])('$path is $expanded', ({ path, expanded }) => {
    expect(expandPath(path, { HOME: '/home/me' })).toBe(expanded)
  })
})

describe('what a shell is told', () => {
  const proposal = {
    prefix: '--to=',
    candidates: [{ value: 'v1.34.2', description: 'a\nb' }, { value: 'v1.35.0' }],
    files: false,
    open: false,
  }

  it.each([
    { asker: 'zsh', answer: '--to=v1.34.2\ta b\n--to=v1.35.0\n:4\n' },
    { asker: 'bash', answer: 'v1.34.2\nv1.35.0\n:4\n' },
    // kubectl sets the option before them itself
    { asker: 'kubectl', answer: 'v1.34.2\ta b\nv1.35.0\n:4\n' },
  ] as const)('$asker', ({ asker, answer }) => {
    expect(shellAnswer(asker, proposal, '--to='.length)).toBe(answer)
  })

  it('that files or more of the word may follow', () => {
    expect(shellAnswer('fish', { prefix: '', candidates: [], files: true, open: false })).toBe(':0\n')
    expect(shellAnswer('fish', { prefix: '', candidates: [], files: false, open: true })).toBe(':6\n')
  })

  it.each([
    { word: '--to=v1', breaks: ' "\'><=;|&(:', cut: 5 },
    { word: 'pool=edge,pool=g', breaks: ' =:', cut: 15 },
    { word: 'pool=edge', breaks: ' ', cut: 0 },
    { word: 'plain', breaks: '=:', cut: 0 },
  ])('bash has set $cut characters of $word apart', ({ word, breaks, cut }) => {
    expect(brokenOff(word, breaks)).toBe(cut)
  })
})

describe('names of a cluster', () => {
  const node = (name: string, labels: Record<string, string>, status: 'True' | 'False' = 'True') =>
    nodeFacts({
      metadata: { name, labels },
      status: { conditions: [{ type: 'Ready', status }], nodeInfo: { kubeletVersion: 'v1.33.5+k3s1', bootID: 'b' } },
    })
  const nodes = [
    node('s', { 'node-role.kubernetes.io/control-plane': 'true', pool: 'servers' }),
    node('a', { pool: 'edge', 'kubernetes.io/hostname': 'a', 'topology.kubernetes.io/zone': 'z1' }),
    node('b', { pool: 'edge', 'cloud.example/node-pool': 'n1', 'beta.kubernetes.io/arch': 'amd64' }, 'False'),
  ]

  it('are nodes with their version and whether they are Ready', () => {
    expect(nodeCandidates(nodes).slice(1)).toEqual([
      { value: 'a', description: 'v1.33.5+k3s1' },
      { value: 'b', description: 'v1.33.5+k3s1, not Ready' },
    ])
  })

  it('are pools by labels that are not of Kubernetes itself, and those of the file', () => {
    expect(poolCandidates(nodes, 'spec: { pools: [{ name: blue }] }')).toEqual([
      { value: 'blue', description: 'of the file' },
      { value: 'cloud.example/node-pool=n1', description: '1 node' },
      { value: 'pool=edge', description: '2 nodes' },
    ])
  })

  it.each([
    { now: 'v1.33.5+k3s1', first: /^v1\.33\.\d+\+k3s\d$/, last: /^v1\.36\.\d+\+k3s\d$/ },
    { now: 'v1.20.2', first: /^v1\.20\.15$/, last: /^v1\.23\.17$/ },
  ])('are versions that come after $now, of its distribution', ({ now, first, last }) => {
    const values = versionCandidates(now, shippedReleases()).map(({ value }) => value)
    expect(values[0]).toMatch(first)
    expect(values.at(-1)).toMatch(last)
  })

  it.each(['v1.33.5-gke.100', 'nonsense', ''])('are no versions where it runs "%s"', (now) => {
    expect(versionCandidates(now, shippedReleases())).toEqual([])
  })

  it('are contexts of all kubeconfig files, each once', () => {
    expect(contextCandidates(['contexts: [{ name: a }, { name: b }]', '', 'contexts: [{ name: a }]'])).toEqual([
      { value: 'a' },
      { value: 'b' },
    ])
  })
})

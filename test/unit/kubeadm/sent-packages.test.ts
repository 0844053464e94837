import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { prepareOrder } from '../../../src/core/prepare/hop-needs.ts'
import { parseHostStock, stockScriptOf } from '../../../src/core/prepare/host-stock.ts'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { kubeadmAhead } from '../../../src/core/recipe/kubeadm/kubeadm-recipe.ts'
import { type NodeLook, nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import type { RecipeStep } from '../../../src/core/recipe/recipe-step.ts'
import { parseStepLook } from '../../../src/core/recipe/step-look.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import { fileSha256 } from '../../../src/node/file-sha256.ts'
import { type FakeNode, fakeNode } from './fake-node.ts'

const version = 'v1.26.15'
const target = 'v1.28.15'
const kept = `/var/lib/falkirk/packages/${target}`

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

const endings = { 'apt-get': '-1.1_amd64.deb', dnf: '-150500.1.1.x86_64.rpm' } as const
type Manager = keyof typeof endings

const fileOf = (name: string, plain: string, manager: Manager) => `${name}${manager === 'dnf' ? '-' : '_'}${plain}${endings[manager]}`

/** A worker to which packages of the target are sent, with some that they may ask for. */
async function aWorker(manager: Manager) {
  const node = fakeNode({ version, target, role: 'Worker' })
  nodes.push(node)
  node.write('/packages/cri-tools', '1.26.0-1.1')
  node.write('/packages/kubernetes-cni', '1.7.1-1.1')
  const look: NodeLook = { name: 'w1', role: 'Worker', version, manager, held: true }
  const names = [...['kubeadm', 'kubelet', 'kubectl'].map((name) => fileOf(name, target.slice(1), manager))]
  names.push(fileOf('cri-tools', '1.28.0', manager), fileOf('kubernetes-cni', '1.2.0', manager))
  const binaries: Record<string, { sha256: string }> = {}
  for (const name of names) {
    writeFileSync(join(node.folder, name), name)
    binaries[name] = { sha256: await fileSha256(join(node.folder, name)) }
  }
  const order = prepareOrder('w1', target, false, binaries)
  const answer = kubeadmAhead(order, nodeFacts(look))
  if (answer.kind === 'Refused') throw new Error(answer.message)
  return { node, order, look, recipe: answer.recipe }
}

type Worker = Awaited<ReturnType<typeof aWorker>>

async function act({ node, recipe }: Pick<Worker, 'node' | 'recipe'>, step: RecipeStep): Promise<readonly string[]> {
  node.write(`/state/steps/${recipe.id}/${step.name}/script`, '')
  const script = stepScript(recipe, step, 1)
  const { file = '' } = step.parameters
  const ended = await (step.kind === 'Put' ? node.run(script, 'put', { file: join(node.folder, file) }) : node.run(script, 'act'))
  if (ended.exitCode !== 0) throw new Error(`${step.name}: ${ended.stdout}${ended.stderr}`)
  return node.told(ended.stdout)
}

async function actAll(worker: Worker): Promise<Readonly<Record<string, readonly string[]>>> {
  const told: Record<string, readonly string[]> = {}
  for (const step of worker.recipe.steps.filter(({ name }) => name !== 'pull-images')) told[step.name] = await act(worker, step)
  return told
}

const words = {
  'apt-get': {
    install: 'apt-get install -y --no-install-recommends',
    download: '--download-only --allow-change-held-packages',
    unpack: (file: string) => `dpkg-deb -x ${kept}/${file} /var/lib/falkirk/kubeadm/${target}`,
  },
  dnf: {
    install: "dnf install -y '--disablerepo=*'",
    download: '--downloadonly',
    unpack: () => 'rpm2cpio kubeadm-*.rpm | cpio -idm',
  },
}

describe('packages that were sent', () => {
  it.each(['apt-get', 'dnf'] as const)(
    'by %s are what is installed, with what they ask for if it is newer, and no repository is asked',
    async (manager) => {
      const worker = await aWorker(manager)
      expect(worker.recipe.steps.map(({ name }) => name).slice(0, 5)).toEqual(
        ['kubeadm', 'kubelet', 'kubectl', 'cri-tools', 'kubernetes-cni'].map((name) => `put-package-${name}`),
      )
      const told = await actAll(worker)
      const file = (name: string) => `${kept}/${fileOf(name, target.slice(1), manager)}`
      const cri = `${kept}/${fileOf('cri-tools', '1.28.0', manager)}`
      const { install, download, unpack } = words[manager]
      expect(told['find-packages']).toEqual([`ls ${kept}`])
      expect(told['download-packages']).toEqual([
        `${install} ${download} ${file('kubeadm')} ${file('kubelet')} ${file('kubectl')} ${cri}`,
        unpack(fileOf('kubeadm', target.slice(1), manager)),
      ])
      expect(worker.node.calls().filter((call) => /update|makecache/.test(call))).toEqual([])
    },
  )

  it('are found by the steps of the upgrade', async () => {
    const worker = await aWorker('apt-get')
    await actAll(worker)
    const { binaries: _, ...order } = worker.order
    const answer = hostRecipe({ ...order, run: 'uid', step: 'Change' }, nodeFacts(worker.look))
    if (answer.kind === 'Refused') throw new Error(answer.message)
    const { recipe } = answer
    const install = recipe.steps.find(({ name }) => name === 'install-kubelet')
    if (install === undefined) throw new Error('no step')
    const { node } = worker
    // what the stand-in for apt-get takes out of files
    for (const name of ['kubelet', 'kubectl']) node.write(`/usr/bin/${name}`, node.read(`/repository/${name}/${target.slice(1)}-00`), 0o755)
    expect(await act({ node, recipe }, install)).toContainEqual(
      expect.stringMatching(
        /^apt-get install -y --no-install-recommends \S+\/kubelet_1\.28\.15-1\.1_amd64\.deb \S+\/kubectl_\S+ \S+\/cri-tools_\S+$/,
      ),
    )
    expect(node.read('/held').trim().split('\n').sort()).toEqual(['kubeadm', 'kubectl', 'kubelet'])
  })

  it('of the hop before are what an undo installs again', async () => {
    const worker = await aWorker('apt-get')
    await actAll(worker)
    const { node, order } = worker
    const { binaries: _, ...plain } = order
    const answer = hostRecipe({ ...plain, run: 'uid', step: 'Change' }, nodeFacts(worker.look))
    const undo = answer.kind === 'Recipe' ? answer.recipe.undo : undefined
    if (answer.kind === 'Refused' || undo === undefined) throw new Error('no undo')
    const backup = `/state/backup/${undo.parameters['change']}`
    node.write(`${backup}/complete`, '')
    node.write(`${backup}/versions`, `kubelet ${version} 1.26.15-1.1 /usr/bin/kubelet\n`)
    await node.run(`tar -C "$FAKE" -czf "$FAKE${backup}/files.tar.gz" etc`, '')
    node.write('/usr/bin/kubelet', node.read(`/repository/kubelet/${target.slice(1)}-00`), 0o755)
    const again = fileOf('kubelet', version.slice(1), 'apt-get')
    node.write(`/state/packages/${version}/${again}`, again)
    // the stand-in for apt-get takes nothing out of files
    await expect(act({ node, recipe: answer.recipe }, undo)).rejects.toThrow('kubelet is v1.28.15 and was v1.26.15')
    expect(node.calls()).toContainEqual(
      expect.stringMatching(new RegExp(`^apt-get install -y --allow-downgrades /\\S+/packages/${version}/${again}$`)),
    )
    expect(node.calls()).not.toContain('apt-get update')
  })

  it('bring along one that is not there at all, as rpm says it', async () => {
    const worker = await aWorker('dnf')
    worker.node.write('/packages/kubernetes-cni', 'package kubernetes-cni is not installed')
    const told = await actAll(worker)
    expect(told['download-packages']?.[0]).toContain(` ${kept}/${fileOf('kubernetes-cni', '1.2.0', 'dnf')}`)
  })

  it('are told as there, by their versions', async () => {
    const worker = await aWorker('apt-get')
    await actAll(worker)
    const { binaries: _, ...order } = worker.order
    const { stdout } = await worker.node.run(stockScriptOf([order], nodeFacts(worker.look)), 'stock')
    expect([...parseHostStock(stdout).fetched.keys()]).toEqual(['kubeadm', 'kubelet', 'kubectl'].map((name) => `${name} 1.28.15`))
  })

  it('have to be all of them: where one has gone repositories are asked', async () => {
    const worker = await aWorker('apt-get')
    await actAll(worker)
    await worker.node.run(`rm "$FAKE/state/packages/${target}"/kubectl_*`, '')
    const find = worker.recipe.steps.find(({ name }) => name === 'find-packages')
    if (find === undefined) throw new Error('no step')
    expect((await act(worker, find))[0]).toBe('apt-get update')
    const put = worker.recipe.steps.find(({ name }) => name === 'put-package-kubectl')
    if (put === undefined) throw new Error('no step')
    expect(parseStepLook((await worker.node.run(stepScript(worker.recipe, put, 1), 'look')).stdout)?.done).toBe(false)
  })

  it('that have not arrived whole are refused', async () => {
    const worker = await aWorker('apt-get')
    const [put] = worker.recipe.steps
    if (put === undefined) throw new Error('no step')
    writeFileSync(join(worker.node.folder, put.parameters['file'] ?? ''), 'half')
    await expect(act(worker, put)).rejects.toThrow(
      /kubeadm_1\.28\.15-1\.1_amd64\.deb has the wrong checksum: sha256 is \w{64} and should be \w{64}/,
    )
  })
})

describe('the archive of an image', () => {
  it.each([
    { title: 'by ctr', docker: false, told: /^ctr --address \/run\/containerd\/containerd\.sock --namespace k8s\.io images import / },
    { title: 'by docker', docker: true, told: /^docker load -i / },
  ])('is imported $title, and has to hold the image', async ({ docker, told }) => {
    const node = fakeNode({ version, target, role: 'Worker' })
    nodes.push(node)
    const image = `registry.k8s.io/kube-proxy:${target}`
    const has = docker ? '"image inspect"' : '*inspecti*'
    const stand = `#!/bin/sh\ncase "$*" in ${has}*) [ -e "$FAKE/imported" ]; exit ;; esac\necho "$(basename "$0") $*" >> "$FAKE/calls"\n[ ! -e "$FAKE/right" ] || : > "$FAKE/imported"\n`
    for (const name of ['ctr', 'docker', 'crictl']) node.write(`/bin/${name}`, stand, 0o755)
    const file = 'registry.k8s.io_kube-proxy_v1.28.15.tar'
    writeFileSync(join(node.folder, file), 'an image')
    const order = prepareOrder('w1', target, false, { [file]: { sha256: await fileSha256(join(node.folder, file)) } })
    const facts = nodeFacts({ name: 'w1', role: 'Worker', version: docker ? 'v1.22.17' : version, ...(docker ? { docker } : {}) })
    const answer = kubeadmAhead(order, facts, new Map([[file, image]]))
    if (answer.kind === 'Refused') throw new Error(answer.message)
    const { recipe } = answer
    const put = recipe.steps.find(({ name }) => name === 'put-image-kube-proxy')
    if (put === undefined) throw new Error('no step')
    await expect(act({ node, recipe }, put)).rejects.toThrow(`${file} does not hold ${image}: save it under this name`)
    expect(node.calls().at(-1)).toMatch(told)
    node.write('/right', '')
    await act({ node, recipe }, put)
    expect((await node.run('ls "$FAKE/state/images"', '')).stdout).toBe('')
  })
})
